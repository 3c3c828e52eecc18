import { Problem } from './problem.ts';

/**
 * The author is the caller, whatever the body says.
 * @throws {Problem} another-user when the body names someone else
 */
export const assertOwn = (named: string | undefined, caller: string): void => {
  if (named !== undefined && named !== caller) {
    throw new Problem('another-user', { detail: 'userId must be the caller or be left out.' });
  }
};
