import { z } from 'zod';
import type { Target } from '../target/target.ts';
import { keysBelow, readObject, sideBySide } from './bucket.ts';
import { type Failure, failureId } from './failure.ts';

/** What the broadcaster writes about a record that it could never publish. */
export const ParkedRecord = z.object({ reason: z.string(), parkedAt: z.iso.datetime(), record: z.unknown() });

/** A parked record in the failures bucket. */
export interface ParkedFailure extends Failure {
  source: 'parked';
  key: string;
}

/** The records that the broadcaster parked. */
export const listParkedRecords = async (
  { clients: { s3 } }: Target,
  bucket: string,
): Promise<ParkedFailure[]> =>
  sideBySide(await keysBelow(s3, bucket, 'parked/'), async ({ key }) => {
    const { reason, parkedAt } = ParkedRecord.parse(JSON.parse((await readObject(s3, bucket, key)).text));
    return {
      id: failureId(key),
      source: 'parked',
      key,
      place: 'broadcaster',
      reason,
      since: parkedAt,
      last: parkedAt,
      attempts: 1,
      records: 1,
      history: undefined,
    };
  });
