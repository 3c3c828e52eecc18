import { setImmediate } from 'node:timers/promises';
import type { PostEvent } from '#lib/events/post-event.ts';
import { isSmall, MAX_ENTRIES, type Message, messageOf, pack } from './pack.ts';
import type { ParkRecord } from './park.ts';
import { createPublisher, type PublishBatch } from './publish.ts';
import { readStreamRecord } from './stream-record.ts';

/** What a broadcast needs from outside. */
export interface BroadcastPorts {
  publishBatch: PublishBatch;
  park: ParkRecord;
  /** Told of the events of a call as soon as the topic has taken them. */
  taken?: (events: readonly PostEvent[]) => void;
  /** Publish calls under way at once. */
  concurrency: number;
}

/** A record that has to come again, by its place in the batch. */
export interface FailedRecord {
  position: number;
  reason: string;
}

/** What became of each record of a batch: published, parked for good, or failed for now. */
export interface BroadcastOutcome {
  published: PostEvent[];
  parked: { position: number; reason: string }[];
  failed: FailedRecord[];
}

/** Records that are read between two looks at the network: calls that are ready leave while others are read. */
const READ_AT_ONCE = 50;

/**
 * Publishes every change of a stream batch to the topic. Records that can never be published are parked and do
 * not block the shard; whatever else went wrong fails only the records it touched.
 */
export const broadcast = async (
  records: readonly unknown[],
  { publishBatch, park, taken = () => {}, concurrency }: BroadcastPorts,
): Promise<BroadcastOutcome> => {
  const events = new Map<number, PostEvent>();
  const unpublishable: { position: number; reason: string }[] = [];
  const publishAndTell: PublishBatch = async (batch) => {
    const refusals = await publishBatch(batch);
    const refused = new Set(refusals.map(({ id }) => id));
    taken(
      batch.flatMap(({ id }) => {
        const event = refused.has(id) ? undefined : events.get(Number(id));
        return event ? [event] : [];
      }),
    );
    return refusals;
  };
  const publisher = createPublisher(publishAndTell, concurrency);
  let unpublished: Message[] = [];
  let allSmall = true;
  for (const [position, record] of records.entries()) {
    const read = readStreamRecord(record);
    if (read.readable) {
      const message = messageOf(read.event, position);
      events.set(position, read.event);
      unpublished.push(message);
      allSmall &&= isSmall(message);
    } else {
      unpublishable.push({ position, reason: read.reason });
    }
    if ((position + 1) % READ_AT_ONCE > 0) continue;
    // With a long message among them all wait for the last: short ones fill the calls of long ones.
    const ready = allSmall ? unpublished.length - (unpublished.length % MAX_ENTRIES) : 0;
    for (const batch of pack(unpublished.slice(0, ready))) publisher.publish(batch);
    unpublished = unpublished.slice(ready);
    await setImmediate();
  }
  for (const batch of pack(unpublished)) publisher.publish(batch);
  const refusals = await publisher.refusals();

  const failed: FailedRecord[] = [];
  for (const { id, reason, permanent } of refusals) {
    const position = Number(id);
    events.delete(position);
    (permanent ? unpublishable : failed).push({ position, reason });
  }

  const parked: BroadcastOutcome['parked'] = [];
  for (const { position, reason } of unpublishable) {
    try {
      await park({ reason, record: records[position] });
      parked.push({ position, reason });
    } catch (error) {
      failed.push({ position, reason: `could not be parked (${String(error)}) after: ${reason}` });
    }
  }
  return { published: [...events.values()], parked, failed };
};
