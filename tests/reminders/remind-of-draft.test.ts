import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { PostEvent } from '#lib/events/post-event.ts';
import type { Post } from '#lib/posts/post.ts';
import { dynamoDbNotifications } from '#lib/push/dynamodb-notifications.ts';
import type { Notification } from '#lib/push/notification.ts';
import { remindOfDraft } from '#lib/push/notify-author.ts';
import { aPost, changed, eventOf } from '#tests/support/events.ts';
import { type StoredPosts, storedPosts } from '#tests/support/posts.ts';
import { createTable, startTestDynamoDb, type TestDynamoDb } from '#tests/support/tables.ts';

let dynamoDb: TestDynamoDb;
let posts: StoredPosts;
let notificationsTable: string;
let delivered: Notification[];
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
});
beforeEach(async () => {
  posts = storedPosts(dynamoDb.client, await createTable(dynamoDb.client, 'PostsTable'));
  notificationsTable = await createTable(dynamoDb.client, 'NotificationsTable');
  delivered = [];
});
afterAll(() => dynamoDb.stop());

const SENT = { sent: 1, gone: 0, refused: 0 };
const remind = (event: PostEvent) =>
  remindOfDraft({
    posts,
    record: dynamoDbNotifications(dynamoDb.client, notificationsTable),
    deliver: async (notification) => {
      delivered.push(notification);
      return SENT;
    },
  })(event);

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

/** A draft in the table, and the event of its creation. */
const aDraft = async (): Promise<{ draft: Post; event: PostEvent }> => {
  const draft = aPost({ status: 'draft', content: 'not yet for others' });
  await posts.add(draft, 'request');
  return { draft, event: eventOf({ eventType: 'INSERT', after: draft }) };
};

describe('a reminder of a draft', () => {
  test('goes to the author of what still is a draft', async () => {
    const { draft, event } = await aDraft();
    expect(await remind(event)).toEqual({ outcome: 'notified', devices: SENT });
    expect(await recorded('ada')).toEqual([
      expect.objectContaining({ kind: 'still-a-draft', postId: draft.postId, version: 1 }),
    ]);
    expect(delivered).toHaveLength(1);
    expect(JSON.stringify(delivered)).not.toContain(draft.content);
  });

  test('is recorded once however often the event comes, and under whichever id', async () => {
    const { event } = await aDraft();
    const outcomes = await Promise.all([event, event, { ...event, eventId: 'replayed' }].map(remind));
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual([
      'already recorded',
      'already recorded',
      'notified',
    ]);
    expect(await recorded('ada')).toHaveLength(1);
  });

  const LATER: [string, (draft: Post) => Promise<void>, string][] = [
    [
      'published',
      (draft) => posts.replace(changed(draft, { status: 'published' }), 'r'),
      'no draft any more',
    ],
    ['edited', (draft) => posts.replace(changed(draft, { content: 'more' }), 'r'), 'changed since'],
    ['removed', (draft) => posts.remove(draft.postId, draft.version), 'gone'],
  ];
  test.each(LATER)('is not sent once the draft is %s', async (_, change, outcome) => {
    const { draft, event } = await aDraft();
    await change(draft);
    expect(await remind(event)).toEqual({ outcome });
    expect([await recorded('ada'), delivered]).toEqual([[], []]);
  });

  test('is not sent again by a repeated event when the post was published in between', async () => {
    const { draft, event } = await aDraft();
    await remind(event);
    await posts.replace(changed(draft, { status: 'published' }), 'request');
    expect(await remind(event)).toEqual({ outcome: 'no draft any more' });
    expect(delivered).toHaveLength(1);
  });

  test('comes for the edit of a draft, after an event of the edit', async () => {
    const { draft, event } = await aDraft();
    const edited = changed(draft, { content: 'more' });
    await posts.replace(edited, 'request');
    expect(await remind(event)).toEqual({ outcome: 'changed since' });
    await remind(eventOf({ eventType: 'MODIFY', before: draft, after: edited }));
    expect(await recorded('ada')).toEqual([expect.objectContaining({ version: 2 })]);
  });
});
