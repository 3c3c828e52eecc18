import { isDeepStrictEqual } from 'node:util';
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as SdkRecord,
  type Shard as SdkShard,
  type AttributeValue as SdkValue,
} from '@aws-sdk/client-dynamodb-streams';
import type { AttributeValue, Item, StreamRecord, StreamSource } from '../ports.ts';

const base64 = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

function attribute(value: SdkValue): AttributeValue {
  if (value.B !== undefined) return { B: base64(value.B) };
  if (value.BS !== undefined) return { BS: value.BS.map(base64) };
  if (value.L !== undefined) return { L: value.L.map(attribute) };
  if (value.M !== undefined) return { M: item(value.M) };
  if (value.S !== undefined) return { S: value.S };
  if (value.N !== undefined) return { N: value.N };
  if (value.BOOL !== undefined) return { BOOL: value.BOOL };
  if (value.NULL !== undefined) return { NULL: value.NULL };
  if (value.SS !== undefined) return { SS: value.SS };
  if (value.NS !== undefined) return { NS: value.NS };
  throw new TypeError(`Unknown attribute type: ${Object.keys(value).join()}`);
}

function item(image: Record<string, SdkValue>): { [name: string]: AttributeValue } {
  return Object.fromEntries(Object.entries(image).map(([name, value]) => [name, attribute(value)]));
}

const optional = (
  name: 'NewImage' | 'OldImage',
  image: Record<string, SdkValue> | undefined,
): { [name: string]: Item } => (image ? { [name]: item(image) } : {});

/**
 * One record of GetRecords in the shape Lambda delivers: binary values in base64, the creation time in whole
 * seconds, the identity's keys in lower camel case.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
 */
export function toStreamRecord(record: SdkRecord): StreamRecord {
  const { dynamodb, userIdentity } = record;
  if (!dynamodb?.SequenceNumber || !record.eventID || !record.eventName)
    throw new TypeError('GetRecords answered a record without eventID, eventName or SequenceNumber');
  const createdAt = dynamodb.ApproximateCreationDateTime?.getTime() ?? 0;
  return {
    createdAt,
    sequenceNumber: dynamodb.SequenceNumber,
    body: {
      eventID: record.eventID,
      eventName: record.eventName,
      eventVersion: record.eventVersion ?? '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: record.awsRegion ?? '',
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(createdAt / 1000),
        Keys: item(dynamodb.Keys ?? {}),
        ...optional('NewImage', dynamodb.NewImage),
        ...optional('OldImage', dynamodb.OldImage),
        SequenceNumber: dynamodb.SequenceNumber,
        SizeBytes: dynamodb.SizeBytes ?? 0,
        StreamViewType: dynamodb.StreamViewType ?? '',
      },
      ...(userIdentity && {
        userIdentity: { type: userIdentity.Type ?? '', principalId: userIdentity.PrincipalId ?? '' },
      }),
    },
  };
}

/** Sets have no order. */
function comparable(value: AttributeValue): unknown {
  if ('SS' in value) return { SS: value.SS.toSorted() };
  if ('NS' in value) return { NS: value.NS.toSorted() };
  if ('BS' in value) return { BS: value.BS.toSorted() };
  if ('L' in value) return { L: value.L.map(comparable) };
  if ('M' in value) return { M: comparableItem(value.M) };
  return value;
}

function comparableItem(image: Item): Record<string, unknown> {
  return Object.fromEntries(Object.entries(image).map(([name, value]) => [name, comparable(value)]));
}

/**
 * Whether a record tells of a write that left the item as it was. DynamoDB writes no stream record for such a write;
 * the embedded engine does, so it is left out here. Only a stream with both images shows it.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
export function changesNothing({ body: { eventName, dynamodb } }: StreamRecord): boolean {
  const { NewImage, OldImage } = dynamodb;
  if (eventName !== 'MODIFY' || !NewImage || !OldImage) return false;
  return isDeepStrictEqual(comparableItem(NewImage), comparableItem(OldImage));
}

/** DynamoDB Streams through the AWS SDK. */
export function dynamodbStreams(client: DynamoDBStreamsClient): StreamSource {
  return {
    async shards(streamArn) {
      const found: SdkShard[] = [];
      let after: string | undefined;
      do {
        const { StreamDescription } = await client.send(
          new DescribeStreamCommand({ StreamArn: streamArn, ExclusiveStartShardId: after }),
        );
        found.push(...(StreamDescription?.Shards ?? []));
        after = StreamDescription?.LastEvaluatedShardId;
      } while (after);
      return found.flatMap(({ ShardId, ParentShardId }) =>
        ShardId ? [{ shardId: ShardId, ...(ParentShardId && { parentShardId: ParentShardId }) }] : [],
      );
    },
    async iterator(streamArn, shardId, position) {
      const { ShardIterator } = await client.send(
        new GetShardIteratorCommand({
          StreamArn: streamArn,
          ShardId: shardId,
          ShardIteratorType: position.type,
          SequenceNumber: position.type === 'AFTER_SEQUENCE_NUMBER' ? position.sequenceNumber : undefined,
        }),
      );
      if (!ShardIterator) throw new Error(`GetShardIterator answered nothing for ${shardId}`);
      return ShardIterator;
    },
    async records(iterator, limit) {
      const page = await client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: limit }));
      return {
        records: (page.Records ?? []).map(toStreamRecord).filter((record) => !changesNothing(record)),
        ...(page.NextShardIterator && { next: page.NextShardIterator }),
      };
    },
  };
}
