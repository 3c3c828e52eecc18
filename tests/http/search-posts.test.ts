import { SearchPage } from '#functions/search-posts/route.ts';
import { termIndexWriter } from '#lib/search/term-index/writer.ts';
import { givenPost } from '#tests/support/posts.ts';
import { type Answer, caller, captureLogs, problemIn, startTestApi, type TestApi } from './api.ts';
import type { TestRequest } from './requests.ts';

let api: TestApi;
let search: (request?: TestRequest) => Promise<Answer>;
let logs: ReturnType<typeof captureLogs>;

beforeAll(async () => {
  api = await startTestApi();
  search = await caller('search-posts');
  logs = captureLogs();
});
afterAll(async () => {
  logs.stop();
  await api.stop();
});

const givenIndexed = async (content: string, second: number, userId = 'ada') => {
  const timestamp = new Date(Date.parse('2026-01-01T00:00:00.000Z') + second * 1_000).toISOString();
  const { postId, type, version } = await givenPost(api.posts, { content, userId, timestamp });
  const index = termIndexWriter(api.dynamoDb.client, process.env.SEARCH_TABLE ?? '');
  await index.apply({ postId, userId, type, timestamp, content, version, visible: true, removed: false });
};

const found = async (query: Record<string, string>) => SearchPage.parse((await search({ query })).body);

test('published posts are found by their words, newest first, page by page', async () => {
  for (const second of [1, 2, 3]) await givenIndexed(`Sunrise number ${second}`, second);
  await givenIndexed('Sunrise by Bob', 4, 'bob');

  const first = await found({ q: 'sunrise', limit: '3' });
  expect(first.items.map(({ content }) => content)).toEqual([
    'Sunrise by Bob',
    'Sunrise number 3',
    'Sunrise number 2',
  ]);
  expect(first.items[0]?.snippet).toEqual({ text: 'Sunrise by Bob', highlights: [{ start: 0, end: 7 }] });
  const second = await found({ q: 'sunrise', limit: '3', cursor: first.nextCursor ?? '' });
  expect(second.items.map(({ content }) => content)).toEqual(['Sunrise number 1']);

  expect((await found({ q: 'sunrise', userId: 'bob' })).items).toHaveLength(1);
  expect((await found({ q: 'sunrise', type: 'photo' })).items).toEqual([]);
});

test('a cursor belongs to its query', async () => {
  for (const second of [1, 2, 3]) await givenIndexed(`Rainbow number ${second}`, second);
  const { nextCursor = '' } = await found({ q: 'rainbow', limit: '1' });
  expect(nextCursor).not.toBe('');
  for (const query of [{ q: 'rain' }, { q: 'rainbow', type: 'text' }, { q: 'rainbow', userId: 'ada' }]) {
    expect((await search({ query: { ...query, cursor: nextCursor } })).status).toBe(400);
  }
});

test.each([
  [{}, 'q'],
  [{ q: '' }, 'q'],
  [{ q: '🎉 !' }, 'q'],
  [{ q: 'a'.repeat(201) }, 'q'],
  [{ q: 'a', type: 'poem' }, 'type'],
  [{ q: 'a', userId: '' }, 'userId'],
  [{ q: 'a', sort: 'new' }, 'sort'],
])('%j is refused, naming %s', async (query, parameter) => {
  const answer = await search({ query: { ...query } });
  expect(answer.status).toBe(400);
  expect(problemIn(answer).errors?.map((error) => error.parameter)).toEqual([parameter]);
});
