import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { dynamoDbNotifications } from '#lib/push/dynamodb-notifications.ts';
import type { Notification } from '#lib/push/notification.ts';
import { type DeliverNotification, notifyAuthor } from '#lib/push/notify-author.ts';
import { aPost, changed, eventOf } from '#tests/support/events.ts';
import { type StoredPosts, storedPosts } from '#tests/support/posts.ts';
import { createTable, startTestDynamoDb, type TestDynamoDb } from '#tests/support/tables.ts';

let dynamoDb: TestDynamoDb;
let posts: StoredPosts;
let notificationsTable: string;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
});
beforeEach(async () => {
  posts = storedPosts(dynamoDb.client, await createTable(dynamoDb.client, 'PostsTable'));
  notificationsTable = await createTable(dynamoDb.client, 'NotificationsTable');
});
afterAll(() => dynamoDb.stop());

const NOBODY = { sent: 0, gone: 0, refused: 0 };

const notify = (deliver: DeliverNotification = async () => NOBODY) =>
  notifyAuthor({ posts, record: dynamoDbNotifications(dynamoDb.client, notificationsTable), deliver });

const recorded = async (userId: string) => {
  const { Items = [] } = await dynamoDb.client.send(
    new QueryCommand({
      TableName: notificationsTable,
      KeyConditionExpression: 'userId = :userId',
      ExpressionAttributeValues: { ':userId': userId },
    }),
  );
  return Items;
};

const takenDown = (labels: string[]) => {
  const post = aPost({ userId: 'mallory', content: 'secret-words' });
  const moderation = { decision: 'flagged' as const, labels, scores: {}, reviewedVersion: post.version };
  return { before: post, after: changed(post, { status: 'flagged', moderation }) };
};

describe('push notifications', () => {
  test('tell the author that a post is published', async () => {
    const post = aPost({ userId: 'grace' });
    expect(await notify()(eventOf({ eventType: 'INSERT', after: post }))).toEqual({
      outcome: 'notified',
      devices: NOBODY,
    });
    expect(await recorded('grace')).toEqual([
      expect.objectContaining({
        kind: 'published',
        postId: post.postId,
        version: 1,
        title: 'Your post is published',
        expiresAt: expect.any(Number),
      }),
    ]);
  });

  test('tell the author that a post was taken down, and why', async () => {
    const { before, after } = takenDown(['profanity', 'too-many-links']);
    await posts.add(after, 'request');
    await notify()(eventOf({ eventType: 'MODIFY', before, after }));
    expect(await recorded('mallory')).toEqual([
      expect.objectContaining({
        kind: 'flagged',
        body: expect.stringContaining('because of offensive language, too many links'),
      }),
    ]);
  });

  test('give no reason when the post does not carry that decision any more', async () => {
    const { before, after } = takenDown(['profanity']);
    await notify()(eventOf({ eventType: 'MODIFY', before, after }));
    expect(await recorded('mallory')).toEqual([
      expect.objectContaining({ body: expect.stringMatching(/^It was taken down\. /) }),
    ]);
  });

  test('tell the author when moderation releases a flagged post', async () => {
    const { after: flagged } = takenDown(['profanity']);
    const released = changed(flagged, { status: 'published' });
    await notify()(eventOf({ eventType: 'MODIFY', before: flagged, after: released }));
    expect(await recorded('mallory')).toEqual([expect.objectContaining({ kind: 'published', version: 3 })]);
  });

  test.each(['edited', 'reviewed', 'removed', 'drafted'] as const)('say nothing of "%s"', async (change) => {
    const event = { ...eventOf({ eventType: 'INSERT', after: aPost({ userId: 'ada' }) }), change };
    expect(await notify()(event)).toEqual({ outcome: 'nothing to tell' });
    expect(await recorded('ada')).toEqual([]);
  });

  test('are recorded once however often an event comes, also under another event id', async () => {
    const event = eventOf({ eventType: 'INSERT', after: aPost({ userId: 'ada' }) });
    const outcomes = await Promise.all([event, event, { ...event, eventId: 'replayed' }].map(notify()));
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual([
      'already recorded',
      'already recorded',
      'notified',
    ]);
    expect(await recorded('ada')).toHaveLength(1);
  });

  test('are delivered again when an earlier attempt ended between record and delivery', async () => {
    const event = eventOf({ eventType: 'INSERT', after: aPost() });
    await expect(notify(() => Promise.reject(new Error('no network')))(event)).rejects.toThrow('no network');
    const delivered: Notification[] = [];
    expect(
      await notify(async (notification) => {
        delivered.push(notification);
        return { sent: 1, gone: 0, refused: 0 };
      })(event),
    ).toEqual({ outcome: 'already recorded', devices: { sent: 1, gone: 0, refused: 0 } });
    expect(delivered).toHaveLength(1);
  });

  test('hold nothing of what the post says', async () => {
    const { before, after } = takenDown(['profanity']);
    await posts.add(after, 'request');
    await notify()(eventOf({ eventType: 'MODIFY', before, after }));
    expect(JSON.stringify(await recorded('mallory'))).not.toContain('secret-words');
  });
});
