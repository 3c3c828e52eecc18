import { createHash } from 'node:crypto';
import type { PutJson } from '#lib/platform/aws/s3-put-object.ts';
import * as z from '#lib/platform/zod.ts';
import type { ParkRecord } from './park.ts';

/** What an event id may be as a part of a key. */
const Identity = z.object({
  eventID: z.string().check(z.regex(/^[\w.-]+$/)),
  dynamodb: z.object({ ApproximateCreationDateTime: z.number() }),
});

/**
 * Parks records as JSON objects `parked/YYYY/MM/DD/<eventID>.json`. The key depends on the record alone, so that
 * a second attempt writes the same object; a record without identity is keyed by its content.
 */
export const s3ParkRecord =
  (putJson: PutJson, now: () => Date = () => new Date()): ParkRecord =>
  ({ reason, record }) =>
    putJson(keyOf(record), { reason, parkedAt: now().toISOString(), record });

const keyOf = (record: unknown): string => {
  const identity = Identity.safeParse(record);
  if (!identity.success) {
    const digest = createHash('sha256')
      .update(JSON.stringify(record) ?? 'undefined')
      .digest('hex');
    return `parked/unidentified/${digest}.json`;
  }
  const { eventID, dynamodb } = identity.data;
  const day = new Date(dynamodb.ApproximateCreationDateTime * 1_000).toISOString().slice(0, 10);
  return `parked/${day.replaceAll('-', '/')}/${eventID}.json`;
};
