import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';

export interface RawChange {
  eventId: string;
  before: Record<string, AttributeValue> | undefined;
  after: Record<string, AttributeValue> | undefined;
}

/** Every record that a stream holds, shard by shard, oldest first. */
export async function* recordsOfStream(
  client: DynamoDBStreamsClient,
  StreamArn: string,
): AsyncGenerator<RawChange> {
  const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }));
  for (const { ShardId } of StreamDescription?.Shards ?? []) {
    const from = await client.send(
      new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
    );
    let { ShardIterator } = from;
    while (ShardIterator) {
      const page = await client.send(new GetRecordsCommand({ ShardIterator, Limit: 1_000 }));
      for (const { eventID = '', dynamodb } of page.Records ?? [])
        yield { eventId: eventID, before: dynamodb?.OldImage, after: dynamodb?.NewImage };
      // An open shard has always a next page; an empty one is its end for now.
      ShardIterator = page.Records?.length ? page.NextShardIterator : undefined;
    }
  }
}
