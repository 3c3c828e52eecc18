import type { Message } from './pack.ts';

/** A message that the topic did not take. */
export interface Refusal {
  id: string;
  /** The topic's own code and words. */
  reason: string;
  /** True when the same message would be refused every time. */
  permanent: boolean;
}

/** Publishes one batch in one call. @returns the messages that were refused; @throws when the call failed. */
export type PublishBatch = (batch: readonly Message[]) => Promise<Refusal[]>;

/**
 * Publishes every batch, at most `concurrency` calls at a time. A call that fails as a whole refuses all its
 * messages for now: the next attempt of the event source mapping brings them again.
 * @returns every refused message
 */
export const publishAll = async (
  batches: readonly (readonly Message[])[],
  publishBatch: PublishBatch,
  concurrency: number,
): Promise<Refusal[]> => {
  const refusals: Refusal[] = [];
  const waiting = batches.values();
  const worker = async () => {
    for (const batch of waiting) refusals.push(...(await refusalsOf(batch, publishBatch)));
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, batches.length) }, worker));
  return refusals;
};

const refusalsOf = (batch: readonly Message[], publishBatch: PublishBatch): Promise<Refusal[]> =>
  publishBatch(batch).catch((error: unknown) =>
    batch.map(({ id }) => ({ id, reason: String(error), permanent: false })),
  );
