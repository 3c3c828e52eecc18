import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { z } from 'zod';
import { attributesOf, PostEvent } from '#lib/events/post-event.ts';
import type { SecretsManager } from '#local/secrets-manager.ts';
import { linesOf } from '#tests/support/output.ts';
import { serveTestSecrets } from '#tests/support/secrets.ts';
import { lambdaContext } from '#tests/support/sqs.ts';
import {
  createTable,
  localCredentials,
  startTestDynamoDb,
  type TestDynamoDb,
} from '#tests/support/tables.ts';

const SUBSCRIBERS = ['push-notifications', 'search-indexing', 'content-moderation'];

const Batch = z.object({
  Records: z
    .array(
      z.object({
        messageId: z.uuid(),
        receiptHandle: z.string(),
        body: z.string(),
        attributes: z.object({
          ApproximateReceiveCount: z.string(),
          SentTimestamp: z.string(),
          SenderId: z.string(),
          ApproximateFirstReceiveTimestamp: z.string(),
        }),
        messageAttributes: z.record(
          z.string(),
          z.object({ stringValue: z.string(), dataType: z.literal('String') }),
        ),
        md5OfBody: z.string(),
        eventSource: z.literal('aws:sqs'),
        eventSourceARN: z.string(),
        awsRegion: z.string(),
      }),
    )
    .max(10),
}) satisfies z.ZodType<SQSEvent>;

const directory = new URL('../../events/', import.meta.url);
const samplesOf = (subscriber: string) =>
  readdirSync(directory)
    .filter((file) => file.startsWith(subscriber))
    .map((file) => ({
      file,
      batch: Batch.parse(JSON.parse(readFileSync(new URL(file, directory), 'utf8'))),
    }));
const samples = SUBSCRIBERS.flatMap((subscriber) =>
  samplesOf(subscriber).map((sample) => ({ subscriber, ...sample })),
);

const read = (body: string): PostEvent | undefined => {
  try {
    return PostEvent.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
};

type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;
const handlers = new Map<string, Handler>();
const tables = new Map<string, string>();
let dynamoDb: TestDynamoDb;
let secretsManager: SecretsManager;

beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
  secretsManager = await serveTestSecrets({
    'push-secret': 'a secret of the stack, long and of high entropy',
  });
  for (const logicalId of [
    'PostsTable',
    'SearchIndexTable',
    'NotificationsTable',
    'DevicesTable',
    'DeliveriesTable',
  ]) {
    tables.set(logicalId, await createTable(dynamoDb.client, logicalId));
  }
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
    POWERTOOLS_SERVICE_NAME: 'subscribers',
    POWERTOOLS_METRICS_NAMESPACE: 'Tests',
    POSTS_TABLE: tables.get('PostsTable'),
    MODERATION: 'rules',
    TOXICITY_THRESHOLD: '0.7',
    SEARCH_TABLE: tables.get('SearchIndexTable'),
    NOTIFICATIONS_TABLE: tables.get('NotificationsTable'),
    DEVICES_TABLE: tables.get('DevicesTable'),
    DELIVERIES_TABLE: tables.get('DeliveriesTable'),
    QUEUE_URL: 'http://127.0.0.1:9/123456789012/queue',
    AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:9',
    AWS_MAX_ATTEMPTS: '1',
    PUSH_SECRET_ARN: 'push-secret',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.endpoint,
    VAPID_SUBJECT: 'https://example.com',
  });
  handlers.set('push-notifications', (await import('#functions/push-notifications/handler.ts')).handler);
  handlers.set('search-indexing', (await import('#functions/search-indexing/handler.ts')).handler);
  handlers.set('content-moderation', (await import('#functions/content-moderation/handler.ts')).handler);
});
afterAll(() => Promise.all([dynamoDb.stop(), secretsManager.close()]));

const handlerOf = (subscriber: string): Handler => {
  const handler = handlers.get(subscriber);
  if (!handler) throw new Error(`${subscriber} has no handler`);
  return handler;
};

const countItems = async (logicalId: string): Promise<number> => {
  const { Count = 0 } = await dynamoDb.client.send(
    new ScanCommand({ TableName: tables.get(logicalId), ConsistentRead: true }),
  );
  return Count;
};

describe('each subscriber', () => {
  test.each(SUBSCRIBERS)('%s has a handler of at most two parameters', (subscriber) => {
    expect(handlerOf(subscriber).length).toBeLessThanOrEqual(2);
  });

  test.each(SUBSCRIBERS)('%s has a sample batch that can be read and one that cannot', (subscriber) => {
    const bodies = samplesOf(subscriber).flatMap(({ batch }) => batch.Records.map(({ body }) => body));
    expect(bodies.map((body) => read(body) !== undefined)).toEqual(expect.arrayContaining([true, false]));
  });

  test.each(samples)('$subscriber reports of $file what it cannot read, and nothing else', async (sample) => {
    const { result } = await linesOf(() => handlerOf(sample.subscriber)(sample.batch, lambdaContext()));
    const unreadable = sample.batch.Records.filter(({ body }) => !read(body));
    expect(result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).toSorted()).toEqual(
      unreadable.map(({ messageId }) => messageId).toSorted(),
    );
  });

  test.each(samples)(
    '$subscriber logs each message of $file with its ids and none of its text',
    async (sample) => {
      const { lines } = await linesOf(() => handlerOf(sample.subscriber)(sample.batch, lambdaContext()));
      for (const { messageId, body } of sample.batch.Records) {
        const event = read(body);
        const ids = event && {
          correlationId: event.correlationId,
          postId: event.postId,
          eventId: event.eventId,
          version: event.version,
          change: event.change,
        };
        expect(lines).toContainEqual(expect.objectContaining({ messageId, ...ids }));
        if (event) expect(JSON.stringify(lines)).not.toContain(event.content);
      }
    },
  );

  test.each(samples)('$file shows messages as SQS delivers them', ({ batch }) => {
    for (const { body, md5OfBody, messageAttributes } of batch.Records) {
      expect(createHash('md5').update(body).digest('hex')).toBe(md5OfBody);
      const event = read(body);
      if (!event) continue;
      const values = Object.entries(messageAttributes).map(([name, { stringValue }]) => [name, stringValue]);
      expect(Object.fromEntries(values)).toEqual(attributesOf(event));
    }
  });

  test('leaves its work in its table', async () => {
    for (const { subscriber, batch } of samples) {
      await linesOf(() => handlerOf(subscriber)(batch, lambdaContext()));
    }
    expect(await countItems('SearchIndexTable')).toBeGreaterThan(20);
    expect(await countItems('NotificationsTable')).toBe(5);
  });
});
