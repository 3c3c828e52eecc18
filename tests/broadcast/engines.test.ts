import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import {
  CreateTopicCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { messageOf, pack } from '#lib/broadcast/pack.ts';
import { s3ParkRecord } from '#lib/broadcast/s3-park-record.ts';
import { snsPublishBatch } from '#lib/broadcast/sns-publish-batch.ts';
import { attributesOf, PostEvent } from '#lib/events/post-event.ts';
import { type Clients, createClients } from '#local/clients.ts';
import { type MessagingEngine, startFauxqs } from '#local/engines/fauxqs.ts';
import { aPost, eventOf } from '#tests/support/events.ts';
import { linesOf } from '#tests/support/output.ts';
import { lambdaContext } from '#tests/support/sqs.ts';
import { localCredentials } from '#tests/support/tables.ts';
import { type RefusingTopic, startRefusingTopic } from './refusing-topic.ts';
import { poisonRecord, recordOf } from './stream-records.ts';

const BUCKET = 'failures';
const region = 'us-east-1';
let engine: MessagingEngine;
let clients: Clients;
let topicArn: string;
let queueUrl: string;

beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
  engine = await startFauxqs({ port: 0, region });
  clients = createClients({ dynamoDb: engine.endpoint, messaging: engine.endpoint }, region);
  const topic = await clients.sns.send(new CreateTopicCommand({ Name: 'post-events' }));
  topicArn = topic.TopicArn ?? '';
  const queue = await clients.sqs.send(new CreateQueueCommand({ QueueName: 'subscriber' }));
  queueUrl = queue.QueueUrl ?? '';
  const { SubscriptionArn } = await clients.sns.send(
    new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: 'sqs',
      Endpoint: `arn:aws:sqs:${region}:000000000000:subscriber`,
    }),
  );
  await clients.sns.send(
    new SetSubscriptionAttributesCommand({
      SubscriptionArn,
      AttributeName: 'RawMessageDelivery',
      AttributeValue: 'true',
    }),
  );
  await clients.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
});
afterAll(async () => {
  clients?.destroy();
  await engine?.stop();
});

/** Takes what is in the queue, whose messages are there as soon as the topic has answered. */
const received = async () => {
  const messages = [];
  for (;;) {
    const { Messages = [] } = await clients.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        VisibilityTimeout: 600,
      }),
    );
    if (Messages.length === 0) return messages;
    messages.push(...Messages);
  }
};

const messages = (count: number, content: (index: number) => string = () => 'a post') =>
  Array.from({ length: count }, (_, index) =>
    messageOf(eventOf({ eventType: 'INSERT', after: aPost({ content: content(index) }) }), index),
  );

describe('publishing to the real topic', () => {
  test('brings every message with its attributes, of whatever script', async () => {
    const texts = ['plain', 'ß and 水', '🌅', '"quotes" & <angles>', 'line\nbreak\ttab', '\u0001 \u007f'];
    const batch = messages(texts.length, (index) => texts[index] ?? '');
    await expect(snsPublishBatch(clients.sns, topicArn)(batch)).resolves.toEqual([]);

    const arrived = await received();
    expect(arrived.map(({ Body }) => PostEvent.parse(JSON.parse(Body ?? '')).content).toSorted()).toEqual(
      texts.toSorted(),
    );
    for (const { Body = '', MessageAttributes = {} } of arrived) {
      const attributes = Object.entries(MessageAttributes).map(([name, { StringValue }]) => [
        name,
        StringValue,
      ]);
      expect(Object.fromEntries(attributes)).toEqual(attributesOf(PostEvent.parse(JSON.parse(Body))));
    }
  });

  test('takes batches packed to the brim', async () => {
    const all = messages(20, () => `${'\u0001'.repeat(4_999)}x`);
    const batches = pack(all);
    const bytes = batches.map((batch) => batch.reduce((sum, message) => sum + message.bytes, 0));
    expect(Math.max(...bytes)).toBeGreaterThan(0.9 * 256 * 1_024);
    for (const batch of batches) {
      await expect(snsPublishBatch(clients.sns, topicArn)(batch)).resolves.toEqual([]);
    }
    expect((await received()).map(({ Body }) => Body).toSorted()).toEqual(
      all.map(({ body }) => body).toSorted(),
    );
  });

  test('tells the message that the topic refuses for good', async () => {
    const [first, second] = messages(2);
    if (!first || !second) throw new Error('there are two messages');
    const batch = [first, { ...second, body: '' }];
    await expect(snsPublishBatch(clients.sns, topicArn)(batch)).resolves.toEqual([
      { id: '1', reason: expect.stringContaining('Empty message'), permanent: true },
    ]);
    expect((await received()).map(({ Body }) => Body)).toEqual([first.body]);
  });

  test('rejects when there is no such topic', async () => {
    await expect(snsPublishBatch(clients.sns, `${topicArn}-gone`)(messages(1))).rejects.toThrow();
  });
});

describe('publishing to a topic that refuses', () => {
  let topic: RefusingTopic;
  let client: SNSClient;
  beforeEach(async () => {
    topic = await startRefusingTopic();
    client = new SNSClient({
      endpoint: topic.endpoint,
      region,
      credentials: localCredentials,
      maxAttempts: 1,
    });
  });
  afterEach(async () => {
    client.destroy();
    await topic.stop();
  });

  test.each<[code: string, senderFault: boolean, permanent: boolean]>([
    ['InvalidParameter', true, true],
    ['KMSThrottling', true, false],
    ['Throttled', true, false],
    ['InternalError', false, false],
  ])('%s with SenderFault %s is permanent: %s', async (code, senderFault, permanent) => {
    topic.judge = (body) => (body.includes('odd') ? { code, senderFault } : 'taken');
    const batch = messages(3, (index) => (index === 1 ? 'odd' : 'even'));
    await expect(snsPublishBatch(client, topicArn)(batch)).resolves.toEqual([
      { id: '1', reason: `${code}: in words`, permanent },
    ]);
  });

  test('a message that the answer does not mention fails for now', async () => {
    topic.judge = (body) => (body.includes('odd') ? 'unmentioned' : 'taken');
    await expect(snsPublishBatch(client, topicArn)(messages(2, () => 'odd'))).resolves.toMatchObject([
      { id: '0', permanent: false },
      { id: '1', permanent: false },
    ]);
  });

  test('a call that fails as a whole is an error', async () => {
    topic.failWith = 503;
    await expect(snsPublishBatch(client, topicArn)(messages(2))).rejects.toThrow();
  });
});

describe('parking in the real bucket', () => {
  const objects = async () => {
    const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    return Contents.map(({ Key = '' }) => Key);
  };
  const object = async (key: string) => {
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
    return JSON.parse((await Body?.transformToString()) ?? '');
  };

  test('keeps the whole record with the reason, under its day and event id, once however often', async () => {
    const park = s3ParkRecord(clients.s3, BUCKET, () => new Date('2026-11-21T00:00:00Z'));
    const record = poisonRecord();
    await park({ reason: 'first', record });
    await park({ reason: 'second', record });
    const key = `parked/2026/11/20/${record.eventID}.json`;
    expect((await objects()).filter((name) => name.includes(`${record.eventID}`))).toEqual([key]);
    expect(await object(key)).toEqual({ reason: 'second', parkedAt: '2026-11-21T00:00:00.000Z', record });
  });

  test.each([
    ['nothing', undefined],
    ['a text', 'record'],
    ['an object', { odd: true }],
    ['a time out of range', { eventID: 'e', dynamodb: { ApproximateCreationDateTime: 8.64e12 + 1 } }],
    ['an event id that is a path', { eventID: '../e', dynamodb: { ApproximateCreationDateTime: 1 } }],
  ])('keys a record without identity by its content: %s', async (_what, record) => {
    const park = s3ParkRecord(clients.s3, BUCKET);
    const before = await objects();
    await park({ reason: 'unreadable', record });
    await park({ reason: 'unreadable', record });
    const added = (await objects()).filter((key) => !before.includes(key));
    expect(added).toEqual([expect.stringMatching(/^parked\/unidentified\/[0-9a-f]{64}\.json$/)]);
  });

  test('rejects when the bucket is not there', async () => {
    await expect(
      s3ParkRecord(clients.s3, 'no-such-bucket')({ reason: 'x', record: poisonRecord() }),
    ).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });
});

describe('the handler', () => {
  let topic: RefusingTopic;
  let handle: (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse>;
  const context = lambdaContext();
  beforeAll(async () => {
    topic = await startRefusingTopic();
    Object.assign(process.env, {
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_MAX_ATTEMPTS: '1',
      AWS_ENDPOINT_URL_SNS: topic.endpoint,
      AWS_ENDPOINT_URL_S3: engine.endpoint,
      POST_EVENTS_TOPIC_ARN: topicArn,
      FAILURES_BUCKET: 'handler-failures',
    });
    const { handler } = await import('#functions/broadcaster/handler.ts');
    handle = (event) => handler(event, context);
  });
  afterAll(() => topic.stop());

  const inserted = (content: string) => recordOf({ eventType: 'INSERT', after: aPost({ content }) });
  const batch = (...contents: string[]) => contents.map(inserted);

  test('names a record that cannot be parked, and rejects when it cannot even be named', async () => {
    const named = poisonRecord();
    const nameless = poisonRecord();
    delete nameless.dynamodb?.SequenceNumber;
    const { result } = await linesOf(() => handle({ Records: [...batch('a'), named] }));
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: named.dynamodb?.SequenceNumber }] });
    await expect(linesOf(() => handle({ Records: [nameless] }))).rejects.toThrow('no sequence number');

    await clients.s3.send(new CreateBucketCommand({ Bucket: 'handler-failures' }));
    const { result: later } = await linesOf(() => handle({ Records: [...batch('a'), named, nameless] }));
    expect(later).toEqual({ batchItemFailures: [] });
  });

  test('names nothing when every record is published or parked', async () => {
    topic.judge = () => 'taken';
    const records = [...batch('a', 'b'), poisonRecord(), ...batch('c')];
    const { result, lines } = await linesOf(() => handle({ Records: records }));
    expect(result).toEqual({ batchItemFailures: [] });
    expect(lines.filter(({ message }) => message === 'published')).toHaveLength(3);
    for (const line of lines.filter((one) => !('_aws' in one))) {
      expect(line).toMatchObject({ function_request_id: context.awsRequestId });
    }
    expect(lines).toContainEqual(
      expect.objectContaining({ message: 'parked', level: 'ERROR', eventId: records[2]?.eventID }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ Published: 3, Parked: 1, FailedForNow: 0 }));
  });

  test('names the lowest sequence number of those that failed, wherever they were packed', async () => {
    const contents = Array.from({ length: 25 }, (_, index) =>
      index > 6 && index % 5 === 0 ? 'refused' : 'taken',
    );
    const records = batch(...contents);
    topic.judge = (body) =>
      body.includes('refused') ? { code: 'InternalError', senderFault: false } : 'taken';
    const { result, lines } = await linesOf(() => handle({ Records: records }));
    expect(result).toEqual({
      batchItemFailures: [{ itemIdentifier: records[10]?.dynamodb?.SequenceNumber }],
    });
    expect(lines.filter(({ message }) => message === 'failed for now')).toHaveLength(3);
    expect(lines).toContainEqual(expect.objectContaining({ Published: 22, FailedForNow: 3 }));
  });

  test('names the first record when no call comes through', async () => {
    topic.failWith = 500;
    const records = batch('a', 'b', 'c');
    const { result } = await linesOf(() => handle({ Records: records }));
    topic.failWith = undefined;
    expect(result).toEqual({
      batchItemFailures: [{ itemIdentifier: records[0]?.dynamodb?.SequenceNumber }],
    });
  });
});
