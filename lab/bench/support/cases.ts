import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../../lib/broadcast/pack.ts';
import { readStreamRecord } from '../../../lib/broadcast/stream-record.ts';
import { serviceDirectory } from '../../../scripts/service-copy.ts';
import { type FunctionProcess, startFunction } from './function-process.ts';
import { streamEvent } from './stream-event.ts';

const BATCH = 100;
const TOPIC_ARN = 'arn:aws:sns:us-east-1:000000000000:post-events';
/** Nobody is there: requests are answered inside the process. */
const NOWHERE = 'http://127.0.0.1:9';

/** The SDK clients that each handler makes and its calls, and nothing else: the sources of bundles. */
export const BARE = {
  broadcaster: `
    import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
    import { PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns';
    const client = new SNSClient({});
    const s3 = new S3Client({});
    export const park = (input) => s3.send(new PutObjectCommand(input));
    export const handler = (inputs) => Promise.all(inputs.map((input) => client.send(new PublishBatchCommand(input))));`,
  getPost: `
    import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
    import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
    const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
    export const handler = (input) => client.send(new GetCommand(input));`,
  createPost: `
    import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
    import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
    const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));
    export const handler = (input) => client.send(new PutCommand(input));`,
};

const sampleEvent = (file: string): unknown =>
  JSON.parse(readFileSync(join(serviceDirectory, 'events', file), 'utf8'));

/** The calls of PublishBatch that a stream batch becomes, ready to be sent. */
const publishBatches = (event: ReturnType<typeof streamEvent>): object[] => {
  const entries = event.Records.map((record, position) => {
    const read = readStreamRecord(record);
    if (!read.readable) throw new Error(read.reason);
    const { id, body, attributes } = messageOf(read.event, position);
    const named = Object.entries(attributes).map(([name, StringValue]) => [
      name,
      { DataType: 'String', StringValue },
    ]);
    return { Id: id, Message: body, MessageAttributes: Object.fromEntries(named) };
  });
  return Array.from({ length: entries.length / 10 }, (_, call) => ({
    TopicArn: TOPIC_ARN,
    PublishBatchRequestEntries: entries.slice(call * 10, call * 10 + 10),
  }));
};

const POST = {
  postId: '01JD4ZQ0000000000000000001',
  userId: 'ada',
  content: 'Lantern light over the harbour',
  type: 'text',
  status: 'draft',
  timestamp: '2026-11-20T09:00:00.000Z',
  updatedAt: '2026-11-20T09:00:00.000Z',
  version: 1,
  correlationId: 'bench',
};

/** What is compared, each by one invocation. */
export const CASES = [
  {
    name: 'broadcaster',
    what: `a stream batch of ${BATCH}`,
    event: streamEvent(BATCH),
    input: publishBatches(streamEvent(BATCH)),
  },
  {
    name: 'getPost',
    what: 'a request',
    event: sampleEvent('get-post.json'),
    input: { TableName: 'posts', Key: { postId: POST.postId } },
  },
  {
    name: 'createPost',
    what: 'a request',
    event: sampleEvent('create-post.json'),
    input: { TableName: 'posts', Item: POST, ConditionExpression: 'attribute_not_exists(postId)' },
  },
] as const;

/** Starts a bundle whose requests are answered inside its process. */
export const startStubbed = (
  file: string,
  environment: Readonly<Record<string, string>>,
): Promise<FunctionProcess> =>
  startFunction(
    file,
    {
      ...environment,
      POST_EVENTS_TOPIC_ARN: TOPIC_ARN,
      AWS_ENDPOINT_URL_SNS: NOWHERE,
      AWS_ENDPOINT_URL_DYNAMODB: NOWHERE,
    },
    { stubbed: true },
  );
