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

/** Publishes batches as they come, at most so many calls at a time. */
export interface Publisher {
  /** Publishes a batch as soon as a call is free. */
  publish(batch: readonly Message[]): void;
  /** Resolves with every refused message when all that was handed in has been answered. */
  refusals(): Promise<Refusal[]>;
}

/**
 * A publisher with at most `concurrency` calls under way. A call that fails as a whole refuses all its messages for
 * now: the next attempt of the event source mapping brings them again.
 */
export const createPublisher = (publishBatch: PublishBatch, concurrency: number): Publisher => {
  const refused: Refusal[] = [];
  const waiting: (readonly Message[])[] = [];
  const calls: Promise<void>[] = [];
  let underWay = 0;
  const callFrom = async (first: readonly Message[]): Promise<void> => {
    underWay += 1;
    for (let batch: readonly Message[] | undefined = first; batch; batch = waiting.shift()) {
      refused.push(...(await refusalsOf(batch, publishBatch)));
    }
    underWay -= 1;
  };
  return {
    publish(batch) {
      if (underWay === concurrency) waiting.push(batch);
      else calls.push(callFrom(batch));
    },
    async refusals() {
      await Promise.all(calls);
      return refused;
    },
  };
};

const refusalsOf = (batch: readonly Message[], publishBatch: PublishBatch): Promise<Refusal[]> =>
  publishBatch(batch).catch((error: unknown) =>
    batch.map(({ id }) => ({ id, reason: String(error), permanent: false })),
  );
