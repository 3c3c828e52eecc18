import {
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ResourceNotFoundException,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import { toStreamRecord } from '#local/event-source-mappings/adapters/dynamodb-streams.ts';
import { OperatorError } from '../../operator-error.ts';

/** What the metadata of a failure says about where its records were. */
export interface StreamRange {
  streamArn: string;
  shardId: string;
  startSequenceNumber: string;
  endSequenceNumber: string;
  approximateArrivalOfFirstRecord: string;
}

const HOUR = 60 * 60 * 1_000;
const RETENTION_HOURS = 24;
/** A page may be empty although more records follow; an open shard never ends. */
const MAX_EMPTY_PAGES = 20;

const isGone = (error: unknown): boolean =>
  error instanceof TrimmedDataAccessException || error instanceof ResourceNotFoundException;

const tooLate = (
  { approximateArrivalOfFirstRecord: arrival }: StreamRange,
  cause?: unknown,
): OperatorError => {
  const left = new Date(Date.parse(arrival) + RETENTION_HOURS * HOUR).toISOString();
  return new OperatorError(
    `these records are not in the stream any more (it keeps ${RETENTION_HOURS} hours; they left it about ${left}), ` +
      'and this failure holds only their place. What the posts are now can be sent again: npm run replay',
    { cause },
  );
};

/**
 * Reads a range of a shard again, both ends included, in the shape Lambda delivers.
 * @throws {OperatorError} when the stream no longer has the whole range
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html
 */
export const rereadFromStream = async (client: DynamoDBStreamsClient, range: StreamRange) => {
  const { streamArn, shardId, startSequenceNumber, endSequenceNumber } = range;
  const end = BigInt(endSequenceNumber);
  const records: ReturnType<typeof delivered>[] = [];
  try {
    const start = await client.send(
      new GetShardIteratorCommand({
        StreamArn: streamArn,
        ShardId: shardId,
        ShardIteratorType: 'AT_SEQUENCE_NUMBER',
        SequenceNumber: startSequenceNumber,
      }),
    );
    let iterator = start.ShardIterator;
    let isPassed = false;
    let emptyPages = 0;
    while (iterator && !isPassed && emptyPages < MAX_EMPTY_PAGES) {
      const page = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
      for (const record of page.Records ?? []) {
        const sequenceNumber = BigInt(record.dynamodb?.SequenceNumber ?? 0);
        if (sequenceNumber <= end) records.push(delivered(record, streamArn));
        if (sequenceNumber >= end) isPassed = true;
      }
      emptyPages = page.Records?.length ? 0 : emptyPages + 1;
      iterator = page.NextShardIterator;
    }
  } catch (error) {
    throw isGone(error) ? tooLate(range, error) : error;
  }
  const [first] = records;
  const last = records.at(-1);
  if (
    first?.dynamodb.SequenceNumber !== startSequenceNumber ||
    last?.dynamodb.SequenceNumber !== endSequenceNumber
  )
    throw tooLate(range);
  return records;
};

const delivered = (record: Parameters<typeof toStreamRecord>[0], eventSourceARN: string) => ({
  ...toStreamRecord(record).body,
  eventSourceARN,
});
