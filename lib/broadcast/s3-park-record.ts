import { createHash } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { ParkRecord } from './broadcast.ts';
import { CreationTime, EventId } from './stream-record.ts';

const Identity = z.object({
  eventID: EventId,
  dynamodb: z.object({ ApproximateCreationDateTime: CreationTime }),
});

/**
 * Parks records as JSON objects `parked/YYYY/MM/DD/<eventID>.json`. The key depends on the record alone, so that a
 * second attempt writes the same object.
 */
export const s3ParkRecord =
  (client: S3Client, bucket: string, now: () => Date = () => new Date()): ParkRecord =>
  async ({ reason, record }) => {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: keyOf(record),
        Body: JSON.stringify({ reason, parkedAt: now().toISOString(), record }),
        ContentType: 'application/json',
      }),
    );
  };

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
