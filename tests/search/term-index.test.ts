import { GetCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { ulid } from 'ulid';
import * as z from 'zod';
import type { PostEvent } from '#lib/events/post-event.ts';
import {
  entryOfEvent,
  type IndexEntry,
  type SearchIndexReader,
  type SearchPosition,
  type SearchQuery,
} from '#lib/search/search-index.ts';
import { stateKey } from '#lib/search/term-index/items.ts';
import { termIndexListKnown, termIndexReader } from '#lib/search/term-index/reader.ts';
import { termIndexWriter } from '#lib/search/term-index/writer.ts';
import { wordsOf } from '#lib/search/words.ts';
import { createTable, startTestDynamoDb, type TestDynamoDb } from '#tests/support/tables.ts';
import { withSend } from '#tests/support/with-send.ts';
import { searchContract } from './contract.ts';
import { failing } from './failing-client.ts';
import { delivered, history } from './histories.ts';
import { seedIndex } from './seed-index.ts';
import { expectIndexToHold } from './whole-index.ts';

let dynamoDb: TestDynamoDb;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
});
afterAll(() => dynamoDb.stop());

const newTable = () => createTable(dynamoDb.client, 'SearchIndexTable');

const published = (content: string, second: number, more: Partial<IndexEntry> = {}): IndexEntry => {
  const created = Date.UTC(2026, 10, 20) + second * 1_000;
  return {
    postId: ulid(created),
    userId: 'ada',
    type: 'text',
    timestamp: new Date(created).toISOString(),
    content,
    version: 1,
    visible: true,
    removed: false,
    ...more,
  };
};

/** All results, page by page. No page but the last may be empty. */
const allPages = async (reader: SearchIndexReader, query: Omit<SearchQuery, 'after'>) => {
  const found: IndexEntry['postId'][] = [];
  let after: SearchPosition | undefined;
  do {
    const { items, next } = await reader.search({ ...query, after });
    if (next) expect(items).not.toEqual([]);
    expect(items.length).toBeLessThanOrEqual(query.limit);
    found.push(...items.map(({ postId }) => postId));
    after = next;
  } while (after);
  return found;
};

const idsOf = (entries: readonly IndexEntry[]) => entries.map(({ postId }) => postId);

describe('the term index', () => {
  searchContract(async () => {
    const tableName = await newTable();
    return {
      ...termIndexWriter(dynamoDb.client, tableName),
      ...termIndexReader(dynamoDb.client, tableName),
      listKnown: termIndexListKnown(dynamoDb.client, tableName),
    };
  });

  test('forgets a tombstone only when no event can be that late', async () => {
    const tableName = await newTable();
    const now = Date.UTC(2026, 10, 20);
    const gone = published('gone', 0, { version: 2, visible: false, removed: true });
    await termIndexWriter(dynamoDb.client, tableName, () => now).apply(gone);
    const { Item } = await dynamoDb.client.send(
      new GetCommand({ TableName: tableName, Key: stateKey(gone.postId) }),
    );
    expect(new Date((Item?.expiresAt ?? 0) * 1_000).toISOString()).toBe('2027-02-18T00:00:00.000Z');
  });

  test('takes at most 16 write units for a new post of ten words, and 3 for another word in it', async () => {
    const tableName = await newTable();
    let units = 0;
    const writer = termIndexWriter(
      withSend(dynamoDb.client, async (command) => {
        const isWrite = /Put|Update|Delete|BatchWrite/.test(command.constructor.name);
        Object.assign(command.input, { ReturnConsumedCapacity: 'TOTAL' });
        const answer: object = await dynamoDb.client.send(command);
        if (isWrite) units += unitsOf(answer);
        return answer;
      }),
      tableName,
    );
    const post = published('Lanterns glow over the old harbour while we wait here', 0);
    expect(wordsOf(post.content)).toHaveLength(10);
    await writer.apply(post);
    expect(units).toBe(12);
    units = 0;
    await writer.apply({ ...post, version: 2, content: post.content.replace('wait', 'sing') });
    expect(units).toBe(3);
  });
});

/** The write units of an answer, of one table or of several. */
const unitsOf = (answer: object): number => {
  const { ConsumedCapacity } = Consumed.parse(answer);
  return [ConsumedCapacity].flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
};
const OfTable = z.object({ CapacityUnits: z.number() });
const Consumed = z.object({ ConsumedCapacity: z.union([OfTable, z.array(OfTable)]) });

describe('pages of the term index', () => {
  test('find a word however many others begin as it does', async () => {
    const tableName = await newTable();
    const posts = Array.from({ length: 700 }, (_, number) => published(`stemxy${number}`, number));
    await seedIndex(dynamoDb.client, tableName, posts);
    const reader = termIndexReader(dynamoDb.client, tableName);
    expect(await reader.search({ text: 'stemxy0', limit: 20 })).toMatchObject({
      items: [{ content: 'stemxy0' }],
      next: undefined,
    });
  });

  test('are never empty but the last, whatever is looked for in however many posts', async () => {
    const tableName = await newTable();
    // In 1,200 posts: a word in all, two that are common and meet in the oldest post only, old versions among them.
    const posts = Array.from({ length: 1_200 }, (_, number) =>
      published(`common ${number === 0 ? 'even odd' : number % 2 ? 'odd' : 'even'}`, number, {
        userId: number === 7 ? 'grace' : 'ada',
        type: number === 9 ? 'photo' : 'text',
      }),
    );
    await seedIndex(dynamoDb.client, tableName, posts);
    const edited = posts
      .filter((_, number) => number % 5 === 2)
      .map((post) => ({ ...post, version: 2, content: 'changed' }));
    await seedIndex(dynamoDb.client, tableName, edited);
    const reader = termIndexReader(dynamoDb.client, tableName);
    const some = (...numbers: number[]) => numbers.map((number) => posts[number]?.postId);
    for (const limit of [1, 20]) {
      expect(await allPages(reader, { text: 'common', userId: 'grace', limit })).toEqual([]);
      expect(await allPages(reader, { text: 'changed', userId: 'grace', limit })).toEqual(some(7));
      expect(await allPages(reader, { text: 'common', type: 'photo', limit })).toEqual(some(9));
      expect(await allPages(reader, { text: 'even odd', limit })).toEqual(some(0));
      expect(await allPages(reader, { text: 'common odd', userId: 'ada', type: 'photo', limit })).toEqual(
        some(9),
      );
      expect(await allPages(reader, { text: 'common changed', limit })).toEqual([]);
    }
    expect(await allPages(reader, { text: 'changed', limit: 100 })).toEqual(idsOf(edited.toReversed()));
    expect(await allPages(reader, { text: 'common', limit: 100 })).toEqual(
      idsOf(posts.filter((_, number) => number % 5 !== 2).toReversed()),
    );
  });

  test('are refused, not empty, when too much would have to be read for a result', async () => {
    const tableName = await newTable();
    const posts = Array.from({ length: 60 }, (_, number) =>
      published(`common ${number % 2 === 0 ? 'even' : 'odd'} ${number < 3 ? 'rare' : ''}`, number),
    );
    const edited = posts.map((post) => ({
      ...post,
      version: 2,
      content: post.content.replace('common', ''),
    }));
    await seedIndex(dynamoDb.client, tableName, [...posts, ...edited]);
    const reader = termIndexReader(dynamoDb.client, tableName, { firstRead: 4, readPerSearch: 40 });
    const tooBroad = { name: 'PostError', code: 'search-too-broad' };
    await expect(reader.search({ text: 'even odd', limit: 5 })).rejects.toMatchObject(tooBroad);
    // Whose states have to be read although none of them holds the word any more.
    await expect(reader.search({ text: 'common', limit: 1 })).rejects.toMatchObject(tooBroad);
    expect(await allPages(reader, { text: 'rare', limit: 5 })).toEqual(idsOf(posts.slice(0, 3).toReversed()));
  });

  test('give the posts that meet any query, newest first, each once', async () => {
    const word = fc.constantFrom('rain', 'sun', 'sea', 'moon');
    const post = fc.record({
      words: fc.uniqueArray(word, { minLength: 1 }),
      second: fc.nat({ max: 5 }),
      userId: fc.constantFrom('ada', 'grace'),
      types: fc.array(fc.constantFrom('text' as const, 'photo' as const), { minLength: 1, maxLength: 3 }),
    });
    const query = fc.record(
      {
        text: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' ')),
        limit: fc.integer({ min: 1, max: 4 }),
        type: fc.constantFrom('text' as const, 'photo' as const),
        userId: fc.constantFrom('ada', 'grace'),
      },
      { requiredKeys: ['text', 'limit'] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(post, { maxLength: 12 }),
        fc.array(query, { minLength: 1, maxLength: 8 }),
        async (posts, queries) => {
          const tableName = await newTable();
          const versions = posts.map(({ words, second, userId, types }) => {
            const first = published(words.join(' '), second, { userId });
            return types.map((type, index) => ({ ...first, type, version: index + 1 }));
          });
          await seedIndex(dynamoDb.client, tableName, versions.flat());
          const shown = versions
            .flatMap((entries) => entries.slice(-1))
            .toSorted((a, b) => (`${a.timestamp} ${a.postId}` < `${b.timestamp} ${b.postId}` ? 1 : -1));
          // Pages of hints that are as small as can be.
          const reader = termIndexReader(dynamoDb.client, tableName, { firstRead: 1, readPerPage: 2 });
          for (const { text, type, userId, limit } of queries) {
            const meets = (entry: IndexEntry) =>
              wordsOf(text).every((wanted) => wordsOf(entry.content).includes(wanted)) &&
              (type === undefined || entry.type === type) &&
              (userId === undefined || entry.userId === userId);
            expect(await allPages(reader, { text, type, userId, limit })).toEqual(idsOf(shown.filter(meets)));
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('the laws of the term index', () => {
  test('it ends the same whatever order and repetition events come in', async () => {
    const deliveries = fc
      .array(history, { minLength: 1, maxLength: 4 })
      .chain((histories) =>
        fc.tuple(fc.constant(histories), delivered(histories.flat()), fc.integer({ min: 1, max: 5 })),
      );
    await fc.assert(
      fc.asyncProperty(deliveries, async ([histories, events, sideBySide]) => {
        const tableName = await newTable();
        const writer = termIndexWriter(dynamoDb.client, tableName);
        for (let at = 0; at < events.length; at += sideBySide) {
          await Promise.all(
            events.slice(at, at + sideBySide).map((event) => writer.apply(entryOfEvent(event))),
          );
        }
        await expectIndexToHold(dynamoDb.client, tableName, histories);
      }),
      { numRuns: 40 },
    );
  });

  test('it shows nothing wrong while attempts are cut off, and is whole again after the redelivery', async () => {
    const deliveries = fc
      .array(history, { minLength: 1, maxLength: 2 })
      .chain((histories) =>
        fc.tuple(
          fc.constant(histories),
          delivered(histories.flat()),
          fc.array(fc.constantFrom('none', 'none', 'before', 'after'), { maxLength: 60 }),
          fc.integer({ min: 1, max: 4 }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(deliveries, async ([histories, events, faults, sideBySide]) => {
        const tableName = await newTable();
        const writer = termIndexWriter(failing(dynamoDb.client, faults.values()), tableName);
        const reader = termIndexReader(dynamoDb.client, tableName);
        const told = new Set(histories.flat().map(shownAs));
        const hiddenFrom = new Map<string, number>();

        const attempts = [...events];
        while (attempts.length > 0) {
          const batch = attempts.splice(0, sideBySide);
          const outcomes = await Promise.allSettled(batch.map((event) => writer.apply(entryOfEvent(event))));
          for (const [index, event] of batch.entries()) {
            const entry = entryOfEvent(event);
            if (outcomes[index]?.status === 'rejected') attempts.push(event);
            else if (!entry.visible)
              hiddenFrom.set(entry.postId, Math.max(entry.version, hiddenFrom.get(entry.postId) ?? 0));
          }
          const { items } = await reader.search({ text: 'rain', limit: 50 });
          for (const { postId, version, content } of items) {
            expect(told).toContain(`${postId} ${version} ${content}`);
            expect(wordsOf(content)).toContain('rain');
            expect(version).toBeGreaterThan(hiddenFrom.get(postId) ?? 0);
          }
          expect(new Set(items.map(({ postId }) => postId)).size).toBe(items.length);
        }
        await expectIndexToHold(dynamoDb.client, tableName, histories);
      }),
      { numRuns: 40 },
    );
  });

  test('an attempt that stalls anywhere, and goes on when all the others are done, changes nothing', async () => {
    const stalled = fc.tuple(history, fc.nat({ max: 6 }), fc.nat({ max: 6 }));
    await fc.assert(
      fc.asyncProperty(stalled, async ([events, place, calls]) => {
        const tableName = await newTable();
        const { promise: released, resolve: release } = Promise.withResolvers<void>();
        let sent = 0;
        const stalling = withSend(dynamoDb.client, async (command) => {
          sent += 1;
          if (sent === calls + 1) await released;
          return dynamoDb.client.send(command);
        });
        const event = events[place % events.length];
        if (!event) throw new Error('a history begins with something');
        const twin = termIndexWriter(stalling, tableName).apply(entryOfEvent(event));
        const writer = termIndexWriter(dynamoDb.client, tableName);
        for (const other of events) await writer.apply(entryOfEvent(other));
        release();
        await twin;
        await expectIndexToHold(dynamoDb.client, tableName, [events]);
      }),
      { numRuns: 60 },
    );
  });
});

const shownAs = ({ postId, version, content }: PostEvent): string => `${postId} ${version} ${content}`;
