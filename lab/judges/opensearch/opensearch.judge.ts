import { type Client, errors } from '@opensearch-project/opensearch';
import fc from 'fast-check';
import { openSearchClient } from '../../../lib/search/opensearch/client.ts';
import { openSearchListKnown, openSearchReader } from '../../../lib/search/opensearch/reader.ts';
import { openSearchWriter } from '../../../lib/search/opensearch/writer.ts';
import {
  entryOfEvent,
  type IndexEntry,
  type SearchIndexReader,
  type SearchPosition,
  type SearchQuery,
} from '../../../lib/search/search-index.ts';
import { termIndexReader } from '../../../lib/search/term-index/reader.ts';
import { indexedWords } from '../../../lib/search/words.ts';
import { type Index, searchContract } from '../../../tests/search/contract.ts';
import { delivered, history, VOCABULARY } from '../../../tests/search/histories.ts';
import { rebuildContract } from '../../../tests/search/rebuild-contract.ts';
import { seedIndex } from '../../../tests/search/seed-index.ts';
import { createTable, startTestDynamoDb, type TestDynamoDb } from '../../../tests/support/tables.ts';
import { type OpenSearchServer, startOpenSearch } from './server.ts';

const POSTS = 'posts';
const INDEX = 'posts-1';

let server: OpenSearchServer;
let dynamoDb: TestDynamoDb;
let client: Client;
beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
  [server, dynamoDb] = await Promise.all([startOpenSearch(), startTestDynamoDb()]);
  client = openSearchClient({ OPENSEARCH_ENDPOINT: server.endpoint, AWS_REGION: 'us-east-1' });
});
afterAll(async () => {
  await client.close();
  await Promise.all([server.stop(), dynamoDb.stop()]);
});
beforeEach(async () => {
  await client.indices.delete({ index: '*' });
});

/** An empty index. What is written to it can be found at once, not after up to a second. */
const open = async (now = Date.now): Promise<Index> => {
  await client.indices.delete({ index: '*' });
  const writer = openSearchWriter(client, now);
  return {
    apply: async (entry) => {
      const outcome = await writer.apply(entry);
      await client.indices.refresh({ index: POSTS });
      return outcome;
    },
    ...openSearchReader(client),
    listKnown: openSearchListKnown(client),
  };
};

let number = 0;
const published = (content: string, more: Partial<IndexEntry> = {}): IndexEntry => {
  number += 1;
  return {
    postId: `01M7${`${number}`.padStart(22, '0')}`,
    userId: 'ada',
    type: 'text',
    timestamp: '2026-11-20T10:00:00.000Z',
    content,
    version: 1,
    visible: true,
    removed: false,
    ...more,
  };
};

describe('OpenSearch', () => {
  searchContract(() => open());
});

rebuildContract(
  () => dynamoDb,
  () => open(),
);

test('the index ends the same whatever order and repetition events come in', async () => {
  const deliveries = fc
    .array(history, { minLength: 1, maxLength: 4 })
    .chain((histories) =>
      fc.tuple(fc.constant(histories), delivered(histories.flat()), fc.integer({ min: 1, max: 5 })),
    );
  await fc.assert(
    fc.asyncProperty(deliveries, async ([histories, events, sideBySide]) => {
      await client.indices.delete({ index: '*' });
      const writer = openSearchWriter(client);
      for (let at = 0; at < events.length; at += sideBySide) {
        const batch = events.slice(at, at + sideBySide);
        await Promise.all(batch.map((event) => writer.apply(entryOfEvent(event))));
      }
      await client.indices.refresh({ index: POSTS });
      const shown = histories
        .map((of) => of.map(entryOfEvent).reduce((a, b) => (b.version > a.version ? b : a)))
        .filter(({ visible }) => visible)
        .toSorted((a, b) => (`${a.timestamp} ${a.postId}` < `${b.timestamp} ${b.postId}` ? 1 : -1));
      for (const text of VOCABULARY) {
        const { items } = await openSearchReader(client).search({ text, limit: 50 });
        expect(items.map(({ postId, version, content }) => ({ postId, version, content }))).toEqual(
          shown
            .filter(({ content }) => indexedWords(content).words.includes(text))
            .map(({ postId, version, content }) => ({ postId, version, content })),
        );
      }
    }),
    { numRuns: 20 },
  );
});

const pagesOf = async (reader: SearchIndexReader, query: Omit<SearchQuery, 'after'>) => {
  const pages = [];
  let after: SearchPosition | undefined;
  do {
    const page = await reader.search({ ...query, after });
    pages.push(page);
    after = page.next;
  } while (after);
  return pages;
};

test('both engines give the same pages of the same posts', async () => {
  const piece = fc.constantFrom(
    ...[
      'rain',
      'RAIN',
      'Straße',
      'STRASSE',
      'İstanbul',
      'istanbul',
      'ﬁne',
      'fine',
      'Ｈｅｌｌｏ',
      'O’Brien',
      "O'Brien",
    ],
    ...[
      '北京大学',
      '我喜欢北京',
      'น้ำดื่ม',
      'สวัสดีครับ',
      '안녕하세요',
      '한국어'.normalize('NFD'),
      'مرحبا',
      'می‌خواهم',
      'میخواهم',
    ],
    ...[
      'cafe\u0301',
      'café',
      'har\u00adbour',
      'harbour',
      'node.js',
      '3.14',
      '🎉',
      '𝒽𝒶𝓎',
      '𐐀𐐨',
      'x'.repeat(90),
    ],
  );
  const text = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(' '));
  const post = fc.record({
    content: text,
    second: fc.nat({ max: 3 }),
    userId: fc.constantFrom('ada', 'grace'),
    type: fc.constantFrom('text' as const, 'photo' as const),
    visible: fc.boolean(),
  });
  const query = fc.record(
    {
      text: fc.array(piece, { minLength: 1, maxLength: 2 }).map((pieces) => pieces.join(' ')),
      limit: fc.integer({ min: 1, max: 4 }),
      type: fc.constantFrom('text' as const, 'photo' as const),
      userId: fc.constantFrom('ada', 'grace'),
    },
    { requiredKeys: ['text', 'limit'] },
  );
  let pages = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(post, { minLength: 1, maxLength: 30 }),
      fc.array(query, { minLength: 1, maxLength: 12 }),
      async (posts, queries) => {
        const entries = posts.map(({ second, content, visible, ...rest }) =>
          published(content, {
            ...rest,
            visible: visible || second > 0,
            timestamp: `2026-11-20T10:00:0${second}.000Z`,
          }),
        );
        await client.indices.delete({ index: '*' });
        const writer = openSearchWriter(client);
        await Promise.all(entries.map((entry) => writer.apply(entry)));
        await client.indices.refresh({ index: POSTS });
        const tableName = await createTable(dynamoDb.client, 'SearchIndexTable');
        await seedIndex(dynamoDb.client, tableName, entries);
        for (const asked of queries) {
          const expected = await pagesOf(termIndexReader(dynamoDb.client, tableName), asked);
          expect(await pagesOf(openSearchReader(client), asked)).toEqual(expected);
          pages += expected.length;
        }
      },
    ),
    { numRuns: 30 },
  );
  // Or there was nothing to compare.
  expect(pages).toBeGreaterThan(100);
});

describe('the index', () => {
  test('is there before the first document, under an alias, with its own mapping', async () => {
    await Promise.all([1, 2, 3].map(() => openSearchWriter(client).apply(published('rain'))));
    const { body } = await client.indices.get({ index: POSTS });
    expect(body).toMatchObject({
      [INDEX]: {
        aliases: { [POSTS]: {} },
        mappings: { dynamic: 'strict', properties: { words: { type: 'keyword' } } },
      },
    });
  });

  test('takes up what its mapping lacks', async () => {
    await client.indices.create({
      index: INDEX,
      body: { aliases: { [POSTS]: {} }, mappings: { properties: { postId: { type: 'keyword' } } } },
    });
    await openSearchWriter(client).apply(published('rain'));
    const { body } = await client.indices.getMapping({ index: POSTS });
    expect(body[INDEX]?.mappings).toMatchObject({
      dynamic: 'strict',
      properties: { words: { type: 'keyword' } },
    });
  });

  test.each([{ words: { type: 'text' } }, { timestamp: { type: 'keyword' } }] as const)(
    'with another mapping is noticed by the first write: %j',
    async (properties) => {
      await client.indices.create({
        index: INDEX,
        body: { aliases: { [POSTS]: {} }, mappings: { properties } },
      });
      await expect(openSearchWriter(client).apply(published('rain'))).rejects.toThrow(
        /cannot be changed from type/,
      );
    },
  );

  test('is never made by a write: one that was deleted comes back with its own mapping', async () => {
    const writer = openSearchWriter(client);
    await writer.apply(published('rain'));
    await client.indices.delete({ index: INDEX });
    await expect(writer.apply(published('rain'))).rejects.toThrow(/require_alias/);
    expect(await writer.apply(published('rain'))).toBe('shown');
    const { body } = await client.indices.getMapping({ index: POSTS });
    expect(body[INDEX]?.mappings).toMatchObject({ dynamic: 'strict' });
  });

  test('that is not there yet holds nothing', async () => {
    expect(await openSearchReader(client).search({ text: 'rain', limit: 5 })).toEqual({
      items: [],
      next: undefined,
    });
    expect(await openSearchListKnown(client)(undefined)).toEqual({ posts: [], next: undefined });
  });

  test('that is closed is a failure, not an index without posts', async () => {
    const writer = openSearchWriter(client);
    await writer.apply(published('rain'));
    await client.indices.close({ index: INDEX });
    await expect(openSearchReader(client).search({ text: 'rain', limit: 5 })).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/closed/) },
    });
    await expect(writer.apply(published('rain'))).rejects.toThrow(/closed/);
  });

  test('shows what was written within two seconds, by itself', async () => {
    await openSearchWriter(client).apply(published('rain'));
    const began = performance.now();
    let found = 0;
    while (found === 0 && performance.now() - began < 10_000)
      found = (await openSearchReader(client).search({ text: 'rain', limit: 5 })).items.length;
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test('forgets tombstones when no event can be that late any more, and not before', async () => {
    const day = 86_400_000;
    let now = Date.UTC(2026, 10, 20);
    const { apply, search } = await open(() => now);
    const removed = { visible: false, removed: true, version: 2 };
    const [first, second, third] = [published('rain'), published('rain'), published('rain')];
    await apply({ ...first, ...removed });
    now += 89 * day;
    await apply({ ...second, ...removed });
    await apply(first);
    expect((await search({ text: 'rain', limit: 5 })).items).toEqual([]);
    now += 2 * day;
    await apply({ ...third, ...removed });
    await client.indices.refresh({ index: POSTS });
    const { body } = await client.search({ index: POSTS });
    expect(body.hits.hits.map(({ _id }) => _id).toSorted()).toEqual([second.postId, third.postId].toSorted());
    // An index without tombstones would also hold of these.
    expect(await apply(second)).toBe('ignored');
  });
});

test('what a document is refused for is told, and what it holds is not', async () => {
  await openSearchWriter(client).apply(published('rain'));
  const secret = published('a secret');
  const refused = openSearchWriter(client).apply({ ...secret, timestamp: 'no time' });
  await expect(refused).rejects.toThrow(errors.ResponseError);
  await expect(refused).rejects.toThrow(/failed to parse field \[timestamp\]/);
  await expect(refused).rejects.not.toThrow(/a secret/);
});
