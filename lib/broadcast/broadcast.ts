import type { PostEvent } from '#lib/events/post-event.ts';
import { type Message, messageOf, pack } from './pack.ts';
import { readStreamRecord } from './stream-record.ts';

/** A message that the topic did not take. */
export interface Refusal {
  id: string;
  /** The topic's own code and words. */
  reason: string;
  /** True when the same message would be refused every time. */
  permanent: boolean;
}

/** Publishes one batch in one call. @returns the messages that were refused; @throws when the call failed */
export type PublishBatch = (batch: readonly Message[]) => Promise<Refusal[]>;

/** A stream record that can never be published, as Lambda delivered it, with why. */
export interface ParkedRecord {
  reason: string;
  record: unknown;
}

/** Puts a record aside for people to look at. Parking the same record again changes nothing. @throws when it could not */
export type ParkRecord = (parked: ParkedRecord) => Promise<void>;

/** What a broadcast needs from outside. */
export interface BroadcastPorts {
  publishBatch: PublishBatch;
  park: ParkRecord;
}

/** A record that was not published, by its place in the batch. */
export interface UnpublishedRecord {
  position: number;
  reason: string;
}

/** What became of each record of a batch: published, parked for good, or failed for now. */
export interface BroadcastOutcome {
  published: PostEvent[];
  parked: UnpublishedRecord[];
  failed: UnpublishedRecord[];
}

/**
 * Publishes every change of a stream batch to the topic. Records that can never be published are parked and do
 * not block the shard; whatever else went wrong fails only the records it touched.
 */
export const broadcast = async (
  records: readonly unknown[],
  { publishBatch, park }: BroadcastPorts,
): Promise<BroadcastOutcome> => {
  const events = new Map<number, PostEvent>();
  const unpublishable: UnpublishedRecord[] = [];
  for (const [position, record] of records.entries()) {
    const read = readStreamRecord(record);
    if (read.readable) events.set(position, read.event);
    else unpublishable.push({ position, reason: read.reason });
  }

  const messages = [...events].map(([position, event]) => messageOf(event, position));
  const refusals = await Promise.all(pack(messages).map((batch) => publish(batch, publishBatch)));
  const failed: UnpublishedRecord[] = [];
  for (const { id, reason, permanent } of refusals.flat()) {
    const position = Number(id);
    events.delete(position);
    (permanent ? unpublishable : failed).push({ position, reason });
  }

  const parked: UnpublishedRecord[] = [];
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

/** A call that fails as a whole refuses all its messages for now. */
const publish = (batch: readonly Message[], publishBatch: PublishBatch): Promise<Refusal[]> =>
  publishBatch(batch).catch((error: unknown) =>
    batch.map(({ id }) => ({ id, reason: String(error), permanent: false })),
  );
