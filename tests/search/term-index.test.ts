import { GetCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { ulid } from 'ulid';
import type { PostEvent } from '#lib/events/post-event.ts';
import { entryOfEvent, type SearchPosition } from '#lib/search/search-index.ts';
import { dynamoDbSearchIndexReader } from '#lib/search/term-index/dynamodb-reader.ts';
import { dynamoDbSearchIndexWriter } from '#lib/search/term-index/dynamodb-writer.ts';
import { dynamoDbListShown } from '#lib/search/term-index/list-shown.ts';
import { stateKey } from '#lib/search/term-index/state-items.ts';
import { wordsOf } from '#lib/search/words.ts';
import { observedClient } from '#tests/support/observed-client.ts';
import { createTable, startTestDynamoDb, type TestDynamoDb } from '#tests/support/tables.ts';
import { searchContract } from './contract.ts';
import { failing } from './failing-client.ts';
import { delivered, history } from './histories.ts';
import { expectIndexToHoldExactly } from './whole-index.ts';

let dynamoDb: TestDynamoDb;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
});
afterAll(() => dynamoDb.stop());

/** Ahead of every post, so that all of them are late, or behind, so that all are fresh. */
const clocks = fc.constantFrom(
  () => 0,
  () => Date.UTC(2030, 0),
);

describe('the term index', () => {
  searchContract(async () => {
    const tableName = await createTable(dynamoDb.client, 'SearchIndexTable');
    return {
      ...dynamoDbSearchIndexWriter(dynamoDb.client, tableName),
      ...dynamoDbSearchIndexReader(dynamoDb.client, tableName),
      listShown: dynamoDbListShown(dynamoDb.client, tableName),
    };
  });

  test('reads a word that is in every post within a bound, and goes on from there', async () => {
    const tableName = await createTable(dynamoDb.client, 'SearchIndexTable');
    const writer = dynamoDbSearchIndexWriter(dynamoDb.client, tableName);
    const posts = Array.from({ length: 60 }, (_, number) => ({
      postId: ulid(Date.UTC(2026, 10, 20, 9, number)),
      userId: 'ada',
      type: number === 0 ? ('photo' as const) : ('text' as const),
      timestamp: new Date(Date.UTC(2026, 10, 20, 9, number)).toISOString(),
      content: number === 0 ? 'the first' : 'the rest',
      version: 1,
      visible: true,
      removed: false,
    }));
    await Promise.all(posts.map((post) => writer.apply(post)));

    const reader = dynamoDbSearchIndexReader(dynamoDb.client, tableName, { mostExamined: 25 });
    const pages = [];
    let after: SearchPosition | undefined;
    do {
      const page = await reader.search({ text: 'the', type: 'photo', limit: 5, after });
      pages.push(page.items.map(({ content }) => content));
      after = page.next;
    } while (after);
    expect(pages).toEqual([[], [], ['the first']]);
  });

  test('finds what holds two words alike common, old versions aside, page by page', async () => {
    const tableName = await createTable(dynamoDb.client, 'SearchIndexTable');
    const writer = dynamoDbSearchIndexWriter(dynamoDb.client, tableName);
    const posts = Array.from({ length: 420 }, (_, number) => {
      const created = Date.UTC(2026, 10, 20) + number * 1_000;
      const words = [number % 3 === 1 ? '' : 'tide', number % 3 === 2 ? '' : 'reef'];
      return {
        postId: ulid(created),
        userId: 'ada',
        type: 'text' as const,
        timestamp: new Date(created).toISOString(),
        content: words.join(' '),
        version: 1,
        visible: true,
        removed: false,
      };
    });
    const edited = posts
      .filter((_, number) => number % 105 === 0)
      .map((post) => ({ ...post, version: 2, content: 'tide' }));
    for (const group of [posts, edited]) {
      for (let at = 0; at < group.length; at += 40) {
        await Promise.all(group.slice(at, at + 40).map((post) => writer.apply(post)));
      }
    }
    const now = new Map([...posts, ...edited].map((post) => [post.postId, post]));
    const expected = [...now.values()].filter(({ content }) => /tide.*reef/.test(content)).toReversed();

    const reader = dynamoDbSearchIndexReader(dynamoDb.client, tableName);
    const found: string[] = [];
    let after: SearchPosition | undefined;
    do {
      const page = await reader.search({ text: 'tide reef', limit: 40, after });
      found.push(...page.items.map(({ postId }) => postId));
      after = page.next;
    } while (after);
    expect(found).toEqual(expected.map(({ postId }) => postId));
    expect(found.length).toBeGreaterThan(100);
  });

  test('reads on in every shard, in order and without losing or repeating a post', async () => {
    const tableName = await createTable(dynamoDb.client, 'SearchIndexTable');
    const writer = dynamoDbSearchIndexWriter(dynamoDb.client, tableName);
    // More than the first two reads of four shards bring.
    const posts = Array.from({ length: 520 }, (_, number) => {
      const created = Date.UTC(2026, 10, 20) + number * 1_000;
      return {
        postId: ulid(created),
        userId: 'ada',
        type: 'text' as const,
        timestamp: new Date(created).toISOString(),
        content: 'on',
        version: 1,
        visible: true,
        removed: false,
      };
    });
    for (let at = 0; at < posts.length; at += 40) {
      await Promise.all(posts.slice(at, at + 40).map((post) => writer.apply(post)));
    }
    const reader = dynamoDbSearchIndexReader(dynamoDb.client, tableName);
    const found: string[] = [];
    let after: SearchPosition | undefined;
    do {
      const page = await reader.search({ text: 'on', limit: 400, after });
      found.push(...page.items.map(({ postId }) => postId));
      after = page.next;
    } while (after);
    expect(found).toEqual(posts.map(({ postId }) => postId).toReversed());
  });

  test('takes the new posts of a batch in few calls, and writes over nothing that it knows already', async () => {
    const tableName = await createTable(dynamoDb.client, 'SearchIndexTable');
    const { client, commands } = observedClient(dynamoDb.client);
    const now = Date.UTC(2026, 10, 20, 12);
    const writer = dynamoDbSearchIndexWriter(client, tableName, () => now);
    const [gone, ...others] = Array.from({ length: 10 }, (_, number) => ({
      ...{ postId: ulid(now - number), userId: 'ada', type: 'text' as const, version: 1 },
      ...{ timestamp: new Date(now - number).toISOString(), content: 'rain' },
      ...{ visible: true, removed: false },
    }));
    if (!gone) throw new Error('there are ten');
    await writer.apply({ ...gone, version: 2, content: '', visible: false, removed: true });
    commands.length = 0;
    expect(await Promise.all([gone, ...others].map((post) => writer.apply(post)))).toEqual([
      'ignored',
      ...others.map(() => 'shown'),
    ]);
    expect(commands).toEqual([
      // 20 postings, then ten states; of the one that was there already the index learns what it is.
      ...['BatchWriteCommand', 'BatchExecuteStatementCommand', 'GetCommand', 'BatchWriteCommand'],
    ]);
    const reader = dynamoDbSearchIndexReader(dynamoDb.client, tableName);
    const { items } = await reader.search({ text: 'rain', limit: 50 });
    expect(items.map(({ postId }) => postId)).toEqual(others.map(({ postId }) => postId));
  });

  test('forgets a tombstone only when no event can be that late', async () => {
    const tableName = await createTable(dynamoDb.client, 'SearchIndexTable');
    const now = Date.UTC(2026, 10, 20);
    const postId = ulid(now);
    const removal = {
      ...{ postId, userId: 'ada', type: 'text' as const, content: 'gone', version: 2 },
      ...{ timestamp: new Date(now).toISOString(), visible: false, removed: true },
    };
    await dynamoDbSearchIndexWriter(dynamoDb.client, tableName, () => now).apply(removal);
    const { Item } = await dynamoDb.client.send(
      new GetCommand({ TableName: tableName, Key: stateKey(postId) }),
    );
    expect(new Date((Item?.expiresAt ?? 0) * 1_000).toISOString()).toBe('2027-02-18T00:00:00.000Z');
    expect(Item?.content).toBe('');
  });

  test('ends the same whatever order and repetition events come in', async () => {
    const deliveries = fc
      .array(history, { minLength: 1, maxLength: 4 })
      .chain((histories) =>
        fc.tuple(fc.constant(histories), delivered(histories.flat()), fc.integer({ min: 1, max: 5 }), clocks),
      );
    await fc.assert(
      fc.asyncProperty(deliveries, async ([histories, events, together, clock]) => {
        const tableName = await createTable(dynamoDb.client, 'SearchIndexTable');
        const writer = dynamoDbSearchIndexWriter(dynamoDb.client, tableName, clock);
        for (let at = 0; at < events.length; at += together) {
          await Promise.all(
            events.slice(at, at + together).map((event) => writer.apply(entryOfEvent(event))),
          );
        }
        await expectIndexToHoldExactly(dynamoDb.client, tableName, histories);
      }),
      { numRuns: 40 },
    );
  });

  test('keeps nothing of a first version that comes late and fails half way, though it does not come again', async () => {
    const lateFirst = fc.tuple(
      history.filter((events) => events.length > 1),
      fc.integer({ min: 0, max: 4 }),
      fc.constantFrom('before' as const, 'after' as const),
    );
    await fc.assert(
      fc.asyncProperty(lateFirst, async ([events, place, fault]) => {
        const [first, ...others] = events.map(entryOfEvent);
        if (!first) throw new Error('a history begins with something');
        const tableName = await createTable(dynamoDb.client, 'SearchIndexTable');
        const late = () => Date.UTC(2030, 0);
        for (const entry of others)
          await dynamoDbSearchIndexWriter(dynamoDb.client, tableName, late).apply(entry);
        const faults = [...Array.from({ length: place }, () => 'none' as const), fault];
        const twin = dynamoDbSearchIndexWriter(failing(dynamoDb.client, faults.values()), tableName, late);
        await twin.apply(first).catch(() => {});
        await expectIndexToHoldExactly(dynamoDb.client, tableName, [events]);
      }),
      { numRuns: 40 },
    );
  });

  test('shows nothing wrong while writes fail half way, and is whole again after the redelivery', async () => {
    const deliveries = fc
      .array(history, { minLength: 1, maxLength: 2 })
      .chain((histories) =>
        fc.tuple(
          fc.constant(histories),
          delivered(histories.flat()),
          fc.array(fc.constantFrom('none', 'none', 'before', 'after'), { maxLength: 60 }),
          fc.integer({ min: 1, max: 4 }),
          clocks,
        ),
      );
    await fc.assert(
      fc.asyncProperty(deliveries, async ([histories, events, faults, together, clock]) => {
        const tableName = await createTable(dynamoDb.client, 'SearchIndexTable');
        const writer = dynamoDbSearchIndexWriter(failing(dynamoDb.client, faults.values()), tableName, clock);
        const reader = dynamoDbSearchIndexReader(dynamoDb.client, tableName);
        const told = new Set(histories.flat().map(shownAs));
        const hiddenFrom = new Map<string, number>();

        const attempts = events.map((event) => ({ event, redelivered: false }));
        while (attempts.length > 0) {
          const batch = attempts.splice(0, together);
          const outcomes = await Promise.allSettled(
            batch.map(({ event, redelivered }) => writer.apply(entryOfEvent(event), { redelivered })),
          );
          for (const [index, { event }] of batch.entries()) {
            const entry = entryOfEvent(event);
            // What comes back out of a dead-letter queue counts as received for the first time.
            if (outcomes[index]?.status === 'rejected')
              attempts.push({ event, redelivered: attempts.length % 2 === 0 });
            else if (!entry.visible)
              hiddenFrom.set(entry.postId, Math.max(entry.version, hiddenFrom.get(entry.postId) ?? 0));
          }
          const { items } = await reader.search({ text: 'rain', limit: 50 });
          for (const { postId, version, content } of items) {
            expect(told).toContain(`${postId} ${version} ${content}`);
            expect(wordsOf(content).some((word) => word.startsWith('rain'))).toBe(true);
            expect(version).toBeGreaterThan(hiddenFrom.get(postId) ?? 0);
          }
          expect(new Set(items.map(({ postId }) => postId)).size).toBe(items.length);
        }
        await expectIndexToHoldExactly(dynamoDb.client, tableName, histories);
      }),
      { numRuns: 40 },
    );
  });
});

const shownAs = ({ postId, version, content }: PostEvent): string => `${postId} ${version} ${content}`;
