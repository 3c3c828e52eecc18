import { attributesOf, type PostEvent } from '#lib/events/post-event.ts';
import { dynamoDbWriteDecision } from '#lib/moderation/dynamodb-write-decision.ts';
import { moderatePost, type WriteDecision } from '#lib/moderation/moderate-post.ts';
import type { ReviewText } from '#lib/moderation/review.ts';
import type { Post } from '#lib/posts/post.ts';
import { aPost, changed, eventOf } from '#tests/support/events.ts';
import { type StoredPosts, storedPosts } from '#tests/support/posts.ts';
import { openStream, type TestStream } from '#tests/support/stream.ts';
import { createTable, startTestDynamoDb, type TestDynamoDb } from '#tests/support/tables.ts';
import { subscribers } from '../../scripts/subscribers.ts';

const filterPolicy = subscribers().find(({ name }) => name === 'content-moderation')?.filterPolicy ?? {};
const isSelected = (event: PostEvent): boolean =>
  Object.entries(attributesOf(event)).every(([name, value]) => filterPolicy[name]?.includes(value) ?? true);

const review: ReviewText = async (text) =>
  text.includes('bad')
    ? { decision: 'flagged', labels: ['profanity'], scores: { profanity: 0.9 } }
    : { decision: 'approved', labels: [], scores: {} };

let dynamoDb: TestDynamoDb;
let posts: StoredPosts;
let write: WriteDecision;
let stream: TestStream;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
});
beforeEach(async () => {
  const table = await createTable(dynamoDb.client, 'PostsTable');
  posts = storedPosts(dynamoDb.client, table);
  write = dynamoDbWriteDecision(dynamoDb.client, table);
  stream = await openStream(dynamoDb, table);
});
afterEach(() => stream.stop());
afterAll(() => dynamoDb.stop());

const moderate = (ports: { review?: ReviewText } = {}) =>
  moderatePost({ write, review, now: Date.now, ...ports });

const stored = async (content: string, more: Partial<Post> = {}): Promise<Post> => {
  const post = aPost({ content, ...more });
  await posts.add(post, 'request-1');
  return post;
};

const publishedEvent = (post: Post): PostEvent => eventOf({ eventType: 'INSERT', after: post });

/** Delivers everything moderation selects, each event `times` times, until the stream is quiet. */
const untilQuiet = async (times: number): Promise<PostEvent[]> => {
  const all: PostEvent[] = [];
  for (let round = 0; round < 20; round += 1) {
    const events = await stream.events();
    if (events.length === 0) return all;
    all.push(...events);
    const selected = events.filter(isSelected);
    await Promise.all(
      Array.from({ length: times }, () => selected)
        .flat()
        .map(moderate()),
    );
  }
  throw new Error(`not quiet after ${all.length} records`);
};

describe('moderation', () => {
  test('approves a good post at its next version, and says which version it reviewed', async () => {
    const post = await stored('good words');
    expect(await moderate()(publishedEvent(post))).toEqual({ outcome: 'approved', labels: [] });
    expect(await posts.find(post.postId)).toMatchObject({
      status: 'published',
      version: 2,
      content: 'good words',
      moderation: { decision: 'approved', labels: [], scores: {}, reviewedVersion: 1 },
    });
  });

  test('takes a bad post down with labels and scores', async () => {
    const post = await stored('bad words');
    expect(await moderate()(publishedEvent(post))).toEqual({ outcome: 'flagged', labels: ['profanity'] });
    expect(await posts.find(post.postId)).toMatchObject({
      status: 'flagged',
      version: 2,
      moderation: { decision: 'flagged', scores: { profanity: 0.9 }, reviewedVersion: 1 },
    });
  });

  test('hands the correlation id of the event on', async () => {
    const post = await stored('good words');
    const event = publishedEvent(post);
    await moderate()(event);
    const events = await stream.events();
    expect(events.at(-1)).toMatchObject({ version: 2, correlationId: event.correlationId });
  });

  test('decides nothing about a post that is gone', async () => {
    expect(await moderate()(publishedEvent(aPost()))).toEqual({ outcome: 'void', reason: 'gone' });
  });

  test('decides nothing about a version that is not the current one', async () => {
    const post = await stored('bad words');
    await posts.replace(changed(post, { content: 'good words' }), 'request-2');
    expect(await moderate()(publishedEvent(post))).toEqual({ outcome: 'void', reason: 'superseded' });
    expect(await posts.find(post.postId)).toMatchObject({ status: 'published', version: 2 });
  });

  test('voids a decision when the post is edited during the review', async () => {
    const post = await stored('bad words');
    const outcome = await moderate({
      review: async (text) => {
        await posts.replace(changed(post, { content: 'good words' }), 'request-2');
        return review(text);
      },
    })(publishedEvent(post));
    expect(outcome).toEqual({ outcome: 'void', reason: 'superseded' });
    expect(await posts.find(post.postId)).toMatchObject({ status: 'published', content: 'good words' });
  });

  test('voids a decision when the post is removed during the review', async () => {
    const post = await stored('bad words');
    const outcome = await moderate({
      review: async (text) => {
        await posts.remove(post.postId, 1);
        return review(text);
      },
    })(publishedEvent(post));
    expect(outcome).toEqual({ outcome: 'void', reason: 'gone' });
    expect(await posts.find(post.postId)).toBeUndefined();
  });

  test('fails when the reviewer fails, and leaves the post as it was', async () => {
    const post = await stored('bad words');
    const failing = moderate({ review: () => Promise.reject(new Error('reviewer is down')) });
    await expect(failing(publishedEvent(post))).rejects.toThrow('reviewer is down');
    expect(await posts.find(post.postId)).toMatchObject({ version: 1, status: 'published' });
  });

  test('decides about a version once however often its event comes', async () => {
    const post = await stored('good words');
    const outcomes = [];
    for (let delivery = 0; delivery < 3; delivery += 1) {
      outcomes.push(await moderate()(publishedEvent(post)));
    }
    const superseded = { outcome: 'void', reason: 'superseded' };
    expect(outcomes).toEqual([{ outcome: 'approved', labels: [] }, superseded, superseded]);
    expect(await posts.find(post.postId)).toMatchObject({ version: 2 });
  });

  test.each([1, 3])('never loops on its own decisions, each event delivered %i times', async (times) => {
    const good = await stored('good words');
    const bad = await stored('bad words');
    const draft = await stored('bad draft', { status: 'draft' });
    const afterCreation = await untilQuiet(times);
    // One record for each creation and one for each decision; the draft is nobody's business.
    expect(afterCreation.map(({ change }) => change).toSorted()).toEqual([
      'drafted',
      'flagged',
      'published',
      'published',
      'reviewed',
    ]);

    const flagged = await posts.find(bad.postId);
    if (!flagged) throw new Error('the bad post is gone');
    await posts.replace(changed(flagged, { content: 'still bad words' }), 'request-2');
    expect((await untilQuiet(times)).map(({ change }) => change)).toEqual(['edited', 'reviewed']);
    expect(await posts.find(bad.postId)).toMatchObject({ status: 'flagged', version: 4 });

    const stillFlagged = await posts.find(bad.postId);
    if (!stillFlagged) throw new Error('the bad post is gone');
    await posts.replace(changed(stillFlagged, { content: 'good words at last' }), 'request-3');
    // The decision that publishes it again comes back to moderation, which knows it for its own.
    expect((await untilQuiet(times)).map(({ change }) => change)).toEqual(['edited', 'published']);

    expect(await posts.find(bad.postId)).toMatchObject({ status: 'published', version: 6 });
    expect(await posts.find(good.postId)).toMatchObject({ version: 2 });
    expect(await posts.find(draft.postId)).toMatchObject({ version: 1 });
    expect(await stream.events()).toEqual([]);
  });
});
