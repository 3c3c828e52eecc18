import { markRedriven, readObject } from '../failures/bucket.ts';
import type { Histories } from '../failures/history.ts';
import { type ParkedFailure, ParkedRecord } from '../failures/parked-records.ts';
import { recordsOf, type StreamFailure } from '../failures/stream-failures.ts';
import type { Pace } from '../pace.ts';
import type { Target } from '../target/target.ts';
import { invokeBroadcaster } from './invoke-broadcaster.ts';
import { historyOf, noteOutcome } from './outcome.ts';

export interface Sending {
  target: Target;
  bucket: string;
  histories: Histories;
  pace: Pace;
}

/**
 * Publishes a batch that the stream gave up. What an earlier, partly successful redrive published is left out; the
 * object is marked only when nothing of the batch is left.
 * @throws with why it stays where it is
 */
export const sendBatch = async (
  { target, bucket, histories, pace }: Sending,
  failure: StreamFailure,
): Promise<void> => {
  const records = await recordsOf(target, bucket, failure);
  const resumeAt = failure.history?.resumeAt;
  const from = records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === resumeAt);
  const rest = records.slice(Math.max(0, from));
  await histories.write(failure.id, historyOf(failure));
  await pace(rest.length);
  const stopped = await invokeBroadcaster(target, rest);
  if (stopped) {
    await noteOutcome(histories, failure, stopped.reason, stopped.sequenceNumber);
    throw new Error(`from ${stopped.sequenceNumber} on: ${stopped.reason}`);
  }
  await noteOutcome(histories, failure, 'published');
  await markRedriven(target.clients.s3, bucket, failure.key);
};

/**
 * Publishes a parked record. The broadcaster that still cannot publish it parks it again, under the same key: that
 * is how it tells.
 * @throws with why it stays where it is
 */
export const sendParked = async (
  { target, bucket, histories, pace }: Sending,
  failure: ParkedFailure,
): Promise<void> => {
  const read = async () => {
    const { text, tag } = await readObject(target.clients.s3, bucket, failure.key);
    return { ...ParkedRecord.parse(JSON.parse(text)), tag };
  };
  const before = await read();
  await histories.write(failure.id, historyOf(failure));
  await pace(1);
  const stopped = await invokeBroadcaster(target, [before.record]);
  if (stopped) {
    await noteOutcome(histories, failure, stopped.reason);
    throw new Error(stopped.reason);
  }
  const after = await read();
  if (after.tag !== before.tag) {
    await noteOutcome(histories, failure, `parked again: ${after.reason}`);
    throw new Error(`it still cannot be published: ${after.reason}`);
  }
  await noteOutcome(histories, failure, 'published');
  await markRedriven(target.clients.s3, bucket, failure.key);
};
