import type { AnyFailure } from '../failures/collect.ts';
import type { Histories, History } from '../failures/history.ts';

/** What is stored about a failure from its first redrive on. */
export const historyOf = ({ history, since, reason, attempts, place }: AnyFailure): History =>
  history ?? {
    first: { since, reason, place, ...(attempts !== undefined && { attempts }) },
    redrives: [],
  };

/** Records how a redrive ended. `resumeAt` is where the next one continues, if not at the beginning. */
export const noteOutcome = async (
  histories: Histories,
  failure: AnyFailure,
  outcome: string,
  resumeAt?: string,
): Promise<void> => {
  const { first, redrives } = historyOf(failure);
  await histories.write(failure.id, {
    first,
    redrives: [...redrives, { at: new Date().toISOString(), outcome }],
    ...(resumeAt !== undefined && { resumeAt }),
  });
};
