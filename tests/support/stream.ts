import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { readStreamRecord } from '#lib/broadcast/stream-record.ts';
import type { PostEvent } from '#lib/events/post-event.ts';
import { localCredentials, type TestDynamoDb } from './tables.ts';

/** Reads a table's stream as the broadcaster would: each call gives the events that came since the last. */
export interface TestStream {
  events(): Promise<PostEvent[]>;
  stop(): void;
}

/** @throws when a record of the stream is not a post event */
export const openStream = async ({ endpoint, client }: TestDynamoDb, table: string): Promise<TestStream> => {
  const streams = new DynamoDBStreamsClient({ endpoint, region: 'us-east-1', credentials: localCredentials });
  const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
  const StreamArn = Table?.LatestStreamArn;
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  // The embedded engine has one shard a table.
  const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
  const start = await streams.send(
    new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  let iterator = start.ShardIterator;

  return {
    stop: () => streams.destroy(),
    async events() {
      const events: PostEvent[] = [];
      for (;;) {
        const page = await streams.send(new GetRecordsCommand({ ShardIterator: iterator }));
        iterator = page.NextShardIterator;
        for (const record of page.Records ?? []) {
          const created = record.dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0;
          const read = readStreamRecord({
            ...record,
            dynamodb: { ...record.dynamodb, ApproximateCreationDateTime: created / 1_000 },
          });
          if (!read.readable) throw new Error(read.reason);
          events.push(read.event);
        }
        if (!page.Records?.length) return events;
      }
    },
  };
};
