import type { handler as deployed } from '#functions/draft-reminders/handler.ts';
import { PostEvent } from '#lib/events/post-event.ts';
import type { SecretsManager } from '#local/secrets-manager.ts';
import { aPost } from '#tests/support/events.ts';
import { linesOf } from '#tests/support/output.ts';
import { storedPosts } from '#tests/support/posts.ts';
import { serveTestSecrets } from '#tests/support/secrets.ts';
import { lambdaContext, sqsEvent } from '#tests/support/sqs.ts';
import { selects, subscriberEnvironment, subscriberFiles } from '#tests/support/subscriber-files.ts';
import { createTable, startTestDynamoDb, type TestDynamoDb } from '#tests/support/tables.ts';

const { sample, filterPolicy } = subscriberFiles('draft-reminders');
let dynamoDb: TestDynamoDb;
let secretsManager: SecretsManager;
let handler: typeof deployed;

beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
  secretsManager = await serveTestSecrets({
    'push-secret': 'a secret of the stack, long and of high entropy',
  });
  const { client, endpoint } = dynamoDb;
  const posts = await createTable(client, 'PostsTable');
  const first = PostEvent.parse(JSON.parse(sample.Records[0]?.body ?? ''));
  await storedPosts(client, posts).add(
    aPost({ postId: first.postId, status: 'draft', version: first.version }),
    'request',
  );
  Object.assign(process.env, subscriberEnvironment, {
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    POSTS_TABLE: posts,
    NOTIFICATIONS_TABLE: await createTable(client, 'NotificationsTable'),
    DEVICES_TABLE: await createTable(client, 'DevicesTable'),
    DELIVERIES_TABLE: await createTable(client, 'DeliveriesTable'),
    PUSH_SECRET_ARN: 'push-secret',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.endpoint,
    VAPID_SUBJECT: 'https://example.com',
  });
  ({ handler } = await import('#functions/draft-reminders/handler.ts'));
});
afterAll(() => Promise.all([dynamoDb.stop(), secretsManager.close()]));

const outcomes = ['notified', 'already recorded', 'changed since'];

test('reminds of its sample’s draft once, and not of a version that the post is not at', async () => {
  const twice = { Records: [...sample.Records, ...sample.Records] };
  const { lines, result } = await linesOf(() => handler(twice, lambdaContext()));
  expect(result).toEqual({ batchItemFailures: [] });
  const told = lines.map(({ message }) => String(message)).filter((message) => outcomes.includes(message));
  expect(told.toSorted()).toEqual(['already recorded', 'changed since', 'changed since', 'notified']);
});

test('reports what it cannot read, and nothing else', async () => {
  const bodies = [...sample.Records.map(({ body }) => body), 'no post event'];
  const { result } = await linesOf(() => handler(sqsEvent(bodies), lambdaContext()));
  expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: `message-${bodies.length - 1}` }] });
});

test('is sent drafts that were begun or worked on, and nothing else', () => {
  const [record] = sample.Records;
  if (!record) throw new Error('the sample is empty');
  const isSent = (change: string, status: string): boolean => {
    const attribute = (stringValue: string) => ({ stringValue, dataType: 'String' as const });
    const messageAttributes = { change: attribute(change), status: attribute(status) };
    return selects(filterPolicy, { ...record, messageAttributes });
  };
  expect(sample.Records.filter((message) => !selects(filterPolicy, message))).toEqual([]);
  expect([isSent('edited', 'published'), isSent('unpublished', 'draft'), isSent('removed', 'draft')]).toEqual(
    [false, false, false],
  );
});
