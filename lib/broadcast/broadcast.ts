import type { PostEvent } from '#lib/events/post-event.ts';
import { messageOf, pack } from './pack.ts';
import type { ParkRecord } from './park.ts';
import { type PublishBatch, publishAll } from './publish.ts';
import { readStreamRecord } from './stream-record.ts';

/** What a broadcast needs from outside. */
export interface BroadcastPorts {
  publishBatch: PublishBatch;
  park: ParkRecord;
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

/**
 * Publishes every change of a stream batch to the topic. Records that can never be published are parked and do
 * not block the shard; whatever else went wrong fails only the records it touched.
 */
export const broadcast = async (
  records: readonly unknown[],
  { publishBatch, park, concurrency }: BroadcastPorts,
): Promise<BroadcastOutcome> => {
  const events = new Map<number, PostEvent>();
  const unpublishable: { position: number; reason: string }[] = [];
  for (const [position, record] of records.entries()) {
    const read = readStreamRecord(record);
    if (read.readable) events.set(position, read.event);
    else unpublishable.push({ position, reason: read.reason });
  }

  const messages = [...events].map(([position, event]) => messageOf(event, position));
  const refusals = await publishAll(pack(messages), publishBatch, concurrency);

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
