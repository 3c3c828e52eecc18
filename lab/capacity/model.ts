import { behaviourOf } from './quotas.ts';

/** How long an invocation with so many records takes. */
export type MillisecondsOf = (records: number) => number;

/** A mapping at a steady rate. */
export interface MappingModel {
  /** Records of an average invocation. */
  batch: number;
  invocationsPerSecond: number;
  /** Invocations under way at once, on average. */
  concurrency: number;
  /** Records a second that it can take at most. */
  mostPerSecond: number;
  /** From 1 on it falls behind. */
  utilisation: number;
}

export interface QueueModel extends MappingModel {
  /** Batches that Lambda works on side by side. */
  pollers: number;
  /** Receives that bring something, for each message. */
  receivesPerMessage: number;
}

/** The most messages that SQS gives out in one receive. */
export const MOST_RECEIVED = 10;

/** The value at which `next` gives itself back, for a `next` that falls where its argument rises or rises slowly. */
const fixedPoint = (start: number, next: (value: number) => number): number => {
  let value = start;
  for (let round = 0; round < 200; round += 1) {
    const following = next(value);
    if (Math.abs(following - value) < 1e-6 * value) return following;
    value = (value + following) / 2;
  }
  return value;
};

/**
 * A stream's mapping. A lane takes what gathered while the one before it ran, or until the next poll, or in the window;
 * polls that find nothing invoke nothing, which is what the exponential is for (arrivals at random).
 * @param ratePerSecond records of all shards
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export const streamModel = (
  ratePerSecond: number,
  settings: { shards: number; lanesPerShard: number; batchSize: number; windowSeconds: number },
  millisecondsOf: MillisecondsOf,
): MappingModel => {
  const { batchSize, windowSeconds } = settings;
  const lanes = settings.shards * settings.lanesPerShard;
  const rate = ratePerSecond / lanes;
  const pollSeconds = 1 / behaviourOf('streamPollsPerSecond');
  const mostPerSecond = (lanes * batchSize) / (millisecondsOf(batchSize) / 1_000);

  const gathered = (seconds: number): number => {
    const expected = rate * seconds;
    return expected < 1e-9 ? 1 : expected / -Math.expm1(-expected);
  };
  const batch = fixedPoint(1, (size) => {
    const seconds = millisecondsOf(size) / 1_000;
    const waited =
      windowSeconds > 0
        ? Math.max(1 + rate * windowSeconds, gathered(seconds))
        : gathered(Math.max(pollSeconds, seconds));
    return Math.min(batchSize, waited);
  });
  return mappingOf(ratePerSecond, batch, millisecondsOf, mostPerSecond);
};

/**
 * A queue's mapping: pollers that receive, invoke and receive again. While some wait for messages each message is taken
 * at once; only when all are at work do messages gather. A window makes a poller go on receiving.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
export const queueModel = (
  ratePerSecond: number,
  settings: { batchSize: number; windowSeconds: number; mostPollers: number },
  millisecondsOf: MillisecondsOf,
): QueueModel => {
  const { batchSize, windowSeconds, mostPollers } = settings;
  const receiveSeconds = behaviourOf('sqsMs') / 1_000;
  const receives = Math.ceil(batchSize / MOST_RECEIVED);
  const busySeconds = (records: number, calls: number): number =>
    millisecondsOf(records) / 1_000 + calls * receiveSeconds;
  const mostOfOne = batchSize / busySeconds(batchSize, receives);
  const pollers = Math.min(
    mostPollers,
    Math.max(behaviourOf('queuePollers'), Math.ceil(ratePerSecond / mostOfOne)),
  );
  const rate = ratePerSecond / pollers;
  const mostPerSecond = mostPollers * mostOfOne;

  const taken = (size: number): number => {
    const seconds = busySeconds(size, 1);
    // The share of the time in which all pollers are at work, as with a queue of n servers and work at random.
    const busy = Math.min(1, (ratePerSecond / size / pollers) * seconds) ** Math.sqrt(2 * (pollers + 1));
    return 1 + busy * rate * seconds;
  };
  const batch = fixedPoint(1, (size) =>
    Math.min(batchSize, windowSeconds > 0 ? Math.max(1 + rate * windowSeconds, taken(size)) : taken(size)),
  );
  // In a window some poller is always waiting, and takes each message as it comes, until nearly all are at work.
  const received = windowSeconds > 0 ? Math.min(MOST_RECEIVED, taken(batch)) : Math.min(MOST_RECEIVED, batch);
  return {
    ...mappingOf(ratePerSecond, batch, millisecondsOf, mostPerSecond),
    pollers,
    receivesPerMessage: 1 / received,
  };
};

const mappingOf = (
  ratePerSecond: number,
  batch: number,
  millisecondsOf: MillisecondsOf,
  mostPerSecond: number,
): MappingModel => {
  const served = Math.min(ratePerSecond, mostPerSecond);
  return {
    batch,
    invocationsPerSecond: served / batch,
    concurrency: (served / batch) * (millisecondsOf(batch) / 1_000),
    mostPerSecond,
    utilisation: ratePerSecond / mostPerSecond,
  };
};
