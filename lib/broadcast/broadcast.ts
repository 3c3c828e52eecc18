import type { PostEvent } from '#lib/events/post-event.ts';
import { type Message, messageOf, pack } from './pack.ts';
import { readStreamRecord } from './stream-record.ts';

/** A message that the topic did not accept. */
export interface RejectedMessage {
  id: string;
  reason: string;
  /** True when the same message would be refused every time. */
  permanent: boolean;
}

/** Publishes one batch in one call. @returns the messages that were refused; @throws when the call failed */
export type PublishBatch = (batch: readonly Message[]) => Promise<RejectedMessage[]>;

/** Stores a record that can never be published, for people to look at. Parking it again changes nothing. */
export type ParkRecord = (parked: { reason: string; record: unknown }) => Promise<void>;

export interface BroadcastPorts {
  publishBatch: PublishBatch;
  park: ParkRecord;
}

/** A record that was not published, by its place in the batch. */
export interface UnpublishedRecord {
  position: number;
  reason: string;
}

export interface BroadcastOutcome {
  published: PostEvent[];
  parked: UnpublishedRecord[];
  failed: UnpublishedRecord[];
}

/**
 * Publishes the changes of a stream batch to the topic. Records that can never be published are parked and do not block
 * the shard; any other failure fails only the records that it touched.
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
const publish = (batch: readonly Message[], publishBatch: PublishBatch): Promise<RejectedMessage[]> =>
  publishBatch(batch).catch((error: unknown) =>
    batch.map(({ id }) => ({ id, reason: String(error), permanent: false })),
  );
