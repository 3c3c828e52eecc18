import { z } from 'zod';
import type { FailureLog } from '../target/failure-log.ts';
import { idOf, type Target } from '../target/target.ts';
import { readObject, readObjectsBelow } from './bucket.ts';
import { type Failure, failureId, unreadableFailure } from './failure.ts';
import { rereadFromStream } from './reread.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html */
const FailureRecord = z.object({
  requestContext: z.object({ condition: z.string(), approximateInvokeCount: z.number() }),
  responseContext: z.object({ functionError: z.string().nullish() }).optional(),
  timestamp: z.iso.datetime(),
  DDBStreamBatchInfo: z.object({
    shardId: z.string(),
    startSequenceNumber: z.string(),
    endSequenceNumber: z.string(),
    approximateArrivalOfFirstRecord: z.iso.datetime(),
    batchSize: z.number(),
    streamArn: z.string(),
  }),
  /** The invocation event as text; only an S3 destination gets it. */
  payload: z.string().optional(),
});
type FailureRecord = z.infer<typeof FailureRecord>;

const Payload = z.object({
  Records: z.array(z.looseObject({ dynamodb: z.looseObject({ SequenceNumber: z.string() }) })),
});
export type StreamRecord = z.infer<typeof Payload>['Records'][number];

/** A given-up batch in the failures bucket. */
export interface StreamFailure extends Failure {
  source: 'stream';
  key: string;
}

const PREFIX = 'aws/lambda/';
/** `aws/lambda/<mapping UUID>/…` */
const mappingUuidOf = (key: string): string => key.split('/')[2] ?? '';

const parse = (text: string): FailureRecord => FailureRecord.parse(JSON.parse(text));

/** Why the mapping gave the batch up, and what the function said last about its first record. */
const reasonOf = (
  { requestContext, responseContext, DDBStreamBatchInfo }: z.infer<typeof Facts>,
  log: FailureLog,
) => {
  const said = log.get(DDBStreamBatchInfo.startSequenceNumber)?.reason ?? responseContext?.functionError;
  return said ? `${requestContext.condition}: ${said}` : requestContext.condition;
};

/** The entry of a failure in a list: without its records, which may be many. */
const Facts = FailureRecord.omit({ payload: true });

/** The batches that the stream's event source mappings gave up; an object without one is listed as unreadable. */
export const listStreamFailures = async (target: Target, bucket: string): Promise<StreamFailure[]> => {
  const { s3 } = target.clients;
  const objects = await readObjectsBelow(s3, bucket, PREFIX, Facts);
  if (objects.length === 0) return [];
  const mappings = new Map(
    [...(await target.ofType('AWS::Lambda::EventSourceMapping'))].map(([logicalId, uuid]) => [
      uuid,
      logicalId,
    ]),
  );
  const arrivals = objects.flatMap(({ content }) =>
    content ? [Date.parse(content.DDBStreamBatchInfo.approximateArrivalOfFirstRecord)] : [],
  );
  const oldest = arrivals.reduce((earliest, arrival) => Math.min(earliest, arrival), Date.now());
  const log = await target.readFailureLog('BroadcasterLambdaFunction', new Date(oldest));
  return objects.map((object): StreamFailure => {
    const { key, content: facts } = object;
    const at = { source: 'stream', place: mappings.get(mappingUuidOf(key)) ?? mappingUuidOf(key) } as const;
    if (facts === undefined) return { ...unreadableFailure(object), ...at };
    return {
      ...at,
      id: failureId(key),
      key,
      reason: reasonOf(facts, log),
      since: new Date(facts.DDBStreamBatchInfo.approximateArrivalOfFirstRecord).toISOString(),
      last: facts.timestamp,
      attempts: facts.requestContext.approximateInvokeCount,
      records: facts.DDBStreamBatchInfo.batchSize,
      history: undefined,
    };
  });
};

/**
 * The records of a given-up batch: from its object, or, where that holds only metadata, from the stream.
 * @throws {OperatorError} when they are in neither any more
 */
export const recordsOf = async (
  target: Target,
  bucket: string,
  { key }: StreamFailure,
): Promise<StreamRecord[]> => {
  const { payload, DDBStreamBatchInfo } = parse((await readObject(target.clients.s3, bucket, key)).text);
  const batch =
    payload === undefined
      ? { Records: await rereadFromStream(target.clients.streams, DDBStreamBatchInfo) }
      : JSON.parse(payload);
  return Payload.parse(batch).Records;
};

/** The failures bucket of a service. */
export const failuresBucket = (target: Target): Promise<string> =>
  idOf(target, 'AWS::S3::Bucket', 'FailuresBucket');
