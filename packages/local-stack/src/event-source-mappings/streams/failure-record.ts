import { randomUUID } from 'node:crypto';
import type { DiscardCondition } from '../events.ts';
import type { StreamMapping } from '../mapping.ts';
import type { PendingRecord } from './record.ts';

/** What the function answered last, if it was reached at all. */
export interface LastResponse {
  readonly statusCode: number;
  readonly executedVersion: '$LATEST';
  /** `null` when the function returned normally and reported failed items. */
  readonly functionError: string | null;
}

const withoutMilliseconds = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/**
 * The record of a given-up batch: metadata, which is all that SQS and SNS destinations get.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export function failureRecord(
  mapping: StreamMapping,
  shardId: string,
  records: readonly [PendingRecord, ...PendingRecord[]],
  condition: DiscardCondition,
  invocations: number,
  response: LastResponse | undefined,
  now: number,
) {
  const [first] = records;
  const last = records[records.length - 1] ?? first;
  return {
    requestContext: {
      requestId: randomUUID(),
      functionArn: mapping.functionArn,
      condition,
      approximateInvokeCount: invocations,
    },
    ...(response && { responseContext: response }),
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first.sequenceNumber,
      endSequenceNumber: last.sequenceNumber,
      approximateArrivalOfFirstRecord: withoutMilliseconds(first.createdAt),
      approximateArrivalOfLastRecord: withoutMilliseconds(last.createdAt),
      batchSize: records.length,
      streamArn: mapping.eventSourceArn,
    },
  };
}

/** What an S3 destination gets on top: the whole invocation event, as a string. */
export function payload(records: readonly PendingRecord[]): string {
  return JSON.stringify({ Records: records.map(({ event }) => event) });
}

/**
 * `aws/lambda/<mapping UUID>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<random UUID>`
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export function failureKey(mappingId: string, shardId: string, now: number): string {
  const [date = '', time = ''] = new Date(now).toISOString().slice(0, 19).split('T');
  const name = `${date}T${time.replaceAll(':', '.')}-${randomUUID()}`;
  return `aws/lambda/${mappingId}/${shardId}/${date.replaceAll('-', '/')}/${name}`;
}
