import { setTimeout as pause } from 'node:timers/promises';

const BETWEEN_LOOKS_MS = 200;

/**
 * Waits for a condition.
 * @param what for the error, as in "search finds the post"
 * @param milliseconds how long at most
 * @throws when it does not hold in time
 */
export const until = async (
  what: string,
  milliseconds: number,
  condition: () => Promise<boolean>,
): Promise<void> => {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`after ${milliseconds / 1000} s it is still not so that ${what}`);
    await pause(BETWEEN_LOOKS_MS);
  }
};
