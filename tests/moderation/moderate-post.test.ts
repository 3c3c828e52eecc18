import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { attributesOf, type PostEvent } from '#lib/events/post-event.ts';
import { dynamoDbWriteDecision } from '#lib/moderation/dynamodb-write-decision.ts';
import { moderatePost, type ReviewText, type WriteDecision } from '#lib/moderation/moderate-post.ts';
import type { AuthoredFields, Post } from '#lib/posts/post.ts';
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
let table: string;
let posts: StoredPosts;
let write: WriteDecision;
let stream: TestStream;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
});
beforeEach(async () => {
  table = await createTable(dynamoDb.client, 'PostsTable');
  posts = storedPosts(dynamoDb.client, table);
  write = dynamoDbWriteDecision(dynamoDb.client, table);
  stream = await openStream(dynamoDb, table);
});
afterEach(() => stream.stop());
afterAll(() => dynamoDb.stop());

/** @param meanwhile happens during each review, which it is told the number of */
const moderate = (meanwhile: (round: number) => Promise<void> = async () => undefined) => {
  let round = 0;
  return moderatePost({
    write,
    now: Date.now,
    review: async (text) => {
      round += 1;
      await meanwhile(round);
      return review(text);
    },
  });
};

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

  test('changes nothing of a post but what it decides', async () => {
    const post = await stored('bad words');
    const Key = { postId: post.postId };
    await dynamoDb.client.send(
      new UpdateCommand({
        TableName: table,
        Key,
        UpdateExpression: 'SET expiresAt = :later',
        ExpressionAttributeValues: { ':later': 1_900_000_000 },
      }),
    );
    await moderate()(publishedEvent(post));
    const { Item } = await dynamoDb.client.send(new GetCommand({ TableName: table, Key }));
    expect(Item).toMatchObject({ status: 'flagged', version: 2, expiresAt: 1_900_000_000 });
  });

  test('decides nothing about a post that is gone', async () => {
    expect(await moderate()(publishedEvent(aPost()))).toEqual({ outcome: 'undecided', reason: 'gone' });
  });

  test('decides nothing when the post is removed during the review', async () => {
    const post = await stored('bad words');
    const outcome = await moderate(async () => {
      await posts.remove(post.postId, 1);
    })(publishedEvent(post));
    expect(outcome).toEqual({ outcome: 'undecided', reason: 'gone' });
    expect(await posts.find(post.postId)).toBeUndefined();
  });

  test('reviews what stands when the post has moved on', async () => {
    const post = await stored('bad words');
    await posts.replace(changed(post, { content: 'good words' }), 'request-2');
    expect(await moderate()(publishedEvent(post))).toEqual({ outcome: 'approved', labels: [] });
    expect(await posts.find(post.postId)).toMatchObject({
      status: 'published',
      version: 3,
      moderation: { decision: 'approved', reviewedVersion: 2 },
    });
    const changes = (await stream.events()).map(({ change }) => change);
    expect(changes).toEqual(['published', 'edited', 'reviewed']);
  });

  test('reviews what stands when the post is edited during the review', async () => {
    const post = await stored('good words');
    const outcome = await moderate(async (round) => {
      if (round === 1) await posts.replace(changed(post, { content: 'bad words' }), 'request-2');
    })(publishedEvent(post));
    expect(outcome).toEqual({ outcome: 'flagged', labels: ['profanity'] });
    expect(await posts.find(post.postId)).toMatchObject({ status: 'flagged', content: 'bad words' });
  });

  test('leaves a draft alone, which its author has withdrawn', async () => {
    const post = await stored('bad words');
    const draft = changed(post, { status: 'draft' });
    await posts.replace(draft, 'request-2');
    expect(await moderate()(publishedEvent(post))).toEqual({ outcome: 'undecided', reason: 'withdrawn' });
    expect(await posts.find(post.postId)).toEqual(draft);
  });

  test('fails when the reviewer fails, and leaves the post as it was', async () => {
    const post = await stored('bad words');
    const failing = moderate(() => Promise.reject(new Error('reviewer is down')));
    await expect(failing(publishedEvent(post))).rejects.toThrow('reviewer is down');
    expect(await posts.find(post.postId)).toMatchObject({ version: 1, status: 'published' });
  });

  test('decides about a version once however often its event comes', async () => {
    const post = await stored('good words');
    const outcomes = [];
    for (let delivery = 0; delivery < 3; delivery += 1) {
      outcomes.push(await moderate()(publishedEvent(post)));
    }
    const decided = { outcome: 'undecided', reason: 'decided already' };
    expect(outcomes).toEqual([{ outcome: 'approved', labels: [] }, decided, decided]);
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

describe('an author who edits faster than moderation reviews', () => {
  const edits = {
    type: fc.constantFrom('text', 'photo', 'video', 'link'),
    content: fc.constantFrom('bad words', 'other bad words', 'good words'),
    status: fc.constantFrom('published', 'draft'),
  } as const;

  /** An edit as the API takes it: of a post that is there, and without the status of a flagged one. */
  const edit = async (postId: string, { status, ...more }: Partial<AuthoredFields>): Promise<void> => {
    const post = await posts.find(postId);
    if (!post) return;
    const changes = post.status === 'flagged' || !status ? more : { ...more, status };
    await posts.update(postId, post.version, { ...changes, updatedAt: post.updatedAt }, 'request');
  };

  test('does not keep a bad post public, by whatever edits before each of our writes', async () => {
    const badEdits = fc.record({
      type: edits.type,
      content: fc.constantFrom('bad words', 'other bad words'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(badEdits, { minLength: 1 }), async (changes) => {
        const post = await stored('bad words');
        let rounds = 0;
        const outcome = await moderate(async (round) => {
          rounds = round;
          await edit(post.postId, changes[round % changes.length] ?? {});
        })(publishedEvent(post));
        expect(outcome).toEqual({ outcome: 'flagged', labels: ['profanity'] });
        expect((await posts.find(post.postId))?.status).toBe('flagged');
        expect(rounds).toBeLessThanOrEqual(5);
      }),
      { numRuns: 10 },
    );
  });

  test('does not keep a bad post public by showing a good one whenever moderation looks', async () => {
    const post = await stored('bad words');
    await moderate((round) =>
      edit(post.postId, {
        content: round % 2 ? 'good words' : 'bad words',
        type: round % 2 ? 'link' : 'text',
      }),
    )(publishedEvent(post));
    expect((await posts.find(post.postId))?.status).toBe('flagged');
  });

  test('ends with the status that the last text deserves, whatever was edited when', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record(edits, { requiredKeys: [] }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 3 }),
        async (changes, times) => {
          const post = await stored('bad words');
          const left = [...changes];
          const meanwhile = async () => {
            const change = left.shift();
            if (change) await edit(post.postId, change);
          };
          for (let round = 0; round < 40; round += 1) {
            const events = (await stream.events()).filter(isSelected);
            if (events.length === 0 && left.length === 0) break;
            if (events.length === 0) await meanwhile();
            for (const event of events.flatMap((each) => Array.from({ length: times }, () => each)))
              await moderate(meanwhile)(event);
          }
          const { status, content } = (await posts.find(post.postId)) ?? {};
          expect(status).not.toBe(content === 'good words' ? 'flagged' : 'published');
        },
      ),
      { numRuns: 10 },
    );
  });
});
