import { createHash } from 'node:crypto';
import type { AttributeValue, Item, StreamRecord } from '../ports.ts';

/** A record on its way through a lane. */
export interface PendingRecord {
  readonly sequenceNumber: string;
  readonly createdAt: number;
  /** The record as the function sees it. */
  readonly event: StreamRecord['body'] & { readonly eventSourceARN: string };
  /** Length of the event as JSON. */
  readonly bytes: number;
  /** When it came into its lane: where a batching window begins. */
  readonly queuedAt: number;
}

/**
 * The event record as Lambda builds it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export function toEvent(record: StreamRecord, streamArn: string): PendingRecord['event'] {
  // The embedded engine puts its own name where the region stands.
  const [, , , awsRegion = record.body.awsRegion] = streamArn.split(':');
  return { ...record.body, awsRegion, eventSourceARN: streamArn };
}

function keyText(value: AttributeValue): string {
  return JSON.stringify(value);
}

/**
 * The lane of an item: records of one item (partition and sort key) always share a lane.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
 */
export function laneOf(keys: Item, lanes: number): number {
  if (lanes === 1) return 0;
  const text = Object.entries(keys)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}=${keyText(value)}`)
    .join('&');
  return createHash('sha256').update(text).digest().readUInt32BE(0) % lanes;
}
