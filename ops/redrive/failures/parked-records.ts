import { z } from 'zod';
import type { Target } from '../target/target.ts';
import { readObjectsBelow } from './bucket.ts';
import { type Failure, failureId, unreadableFailure } from './failure.ts';

/** What the broadcaster writes about a record that it could never publish. */
export const ParkedRecord = z.object({ reason: z.string(), parkedAt: z.iso.datetime(), record: z.unknown() });

/** A parked record in the failures bucket. */
export interface ParkedFailure extends Failure {
  source: 'parked';
  key: string;
}

/** The place of all parked records. */
export const PARKED_AT = 'broadcaster';

/** The records that the broadcaster parked; an object without one is listed as unreadable. */
export const listParkedRecords = async (
  { clients: { s3 } }: Target,
  bucket: string,
): Promise<ParkedFailure[]> => {
  const objects = await readObjectsBelow(s3, bucket, 'parked/', ParkedRecord);
  return objects.map((object): ParkedFailure => {
    const at = { source: 'parked', place: PARKED_AT } as const;
    if (object.content === undefined) return { ...unreadableFailure(object), ...at };
    const { reason, parkedAt } = object.content;
    return {
      ...at,
      id: failureId(object.key),
      key: object.key,
      reason,
      since: parkedAt,
      last: parkedAt,
      attempts: 1,
      records: 1,
      history: undefined,
    };
  });
};
