import { flagged, givenPost } from '#tests/support/posts.ts';
import {
  type Answer,
  caller,
  captureLogs,
  postIn,
  problemIn,
  problemNameIn,
  startTestApi,
  type TestApi,
} from './api.ts';
import type { TestRequest } from './requests.ts';

let api: TestApi;
let update: (request?: TestRequest) => Promise<Answer>;
let logs: ReturnType<typeof captureLogs>;

beforeAll(async () => {
  api = await startTestApi();
  update = await caller('update-post');
  logs = captureLogs();
});
afterAll(async () => {
  logs.stop();
  await api.stop();
});

const edit = (postId: string, body: unknown, more: TestRequest = {}) =>
  update({ claims: { sub: 'ada' }, params: { postId }, body, ...more });

test('what is given changes, what is not stays', async () => {
  const post = await givenPost(api.posts, { status: 'draft', timestamp: '2026-01-01T00:00:00.000Z' });
  const answer = await edit(post.postId, { status: 'published' });
  expect(answer.status).toBe(200);
  expect(answer.headers.etag).toBe('"2"');
  expect(postIn(answer)).toEqual({
    ...post,
    status: 'published',
    version: 2,
    updatedAt: expect.stringMatching(/^20/),
  });
  expect(await api.posts.find(post.postId)).toEqual(answer.body);
});

test('a merge patch is understood as one', async () => {
  const { postId } = await givenPost(api.posts);
  const headers = { 'content-type': 'application/merge-patch+json' };
  expect(postIn(await edit(postId, { type: 'link' }, { headers })).type).toBe('link');
});

test('an edit that changes nothing writes nothing', async () => {
  const post = await givenPost(api.posts);
  for (const body of [{}, { content: 'Hello' }, { status: 'published', type: 'text', userId: 'ada' }]) {
    expect((await edit(post.postId, body)).body).toEqual(post);
  }
  expect(await api.posts.find(post.postId)).toEqual(post);
});

test.each([
  ['"2"', 200],
  ['*', 200],
  ['"1", "2"', 200],
  ['"1"', 412],
  ['W/"2"', 412],
  ['""', 412],
  ['2', 400],
  ['"1" "2"', 400],
])('If-Match %s of a post at version 2 gives %d', async (tags, status) => {
  const { postId } = await givenPost(api.posts, { version: 2 });
  const answer = await edit(postId, { content: 'Changed' }, { headers: { 'if-match': tags } });
  expect(answer.status).toBe(status);
  expect((await api.posts.find(postId))?.version).toBe(status === 200 ? 3 : 2);
});

test('without If-Match 20 edits at once all win one after the other', async () => {
  const { postId } = await givenPost(api.posts);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => edit(postId, { content: `edit ${index}` })),
  );
  const won = answers.filter(({ status }) => status === 200);
  const contended = answers.filter(({ status }) => status === 409);
  expect(won.length + contended.length).toBe(20);
  expect(new Set(won.map((answer) => postIn(answer).version)).size).toBe(won.length);
  expect((await api.posts.find(postId))?.version).toBe(1 + won.length);
  for (const answer of contended) expect(problemNameIn(answer)).toBe('write-contention');
});

test('with If-Match exactly one of 20 edits wins', async () => {
  const { postId } = await givenPost(api.posts);
  const headers = { 'if-match': '"1"' };
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => edit(postId, { content: `edit ${index}` }, { headers })),
  );
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array(19).fill(412)]);
});

describe('a flagged post', () => {
  test('may be reworded by its author, and stays flagged', async () => {
    const { postId } = await givenPost(api.posts, flagged);
    const post = postIn(await edit(postId, { content: 'Kinder words' }));
    expect(post).toMatchObject({ content: 'Kinder words', status: 'flagged', version: 2 });
    expect((await api.posts.find(postId))?.moderation).toEqual(flagged.moderation);
  });

  test.each(['published', 'draft'])('cannot be made %s by its author', async (status) => {
    const { postId } = await givenPost(api.posts, flagged);
    const answer = await edit(postId, { content: 'Kinder words', status });
    expect(answer.status).toBe(409);
    expect(problemNameIn(answer)).toBe('flagged-post');
    expect((await api.posts.find(postId))?.version).toBe(1);
  });
});

test.each([
  ['a published post', 'published', 403, 'another-user'],
  ['a draft', 'draft', 404, 'not-found'],
  ['a flagged post', 'flagged', 404, 'not-found'],
] as const)('%s of someone else cannot be changed', async (_, status, code, problem) => {
  const { postId } = await givenPost(api.posts, { userId: 'bob', status });
  const answer = await edit(postId, { content: 'Changed' });
  expect(answer.status).toBe(code);
  expect(problemNameIn(answer)).toBe(problem);
  expect((await api.posts.find(postId))?.content).toBe('Hello');
});

test('a missing post cannot be changed', async () => {
  expect((await edit('01J0000000000000000000000A', { content: 'a' })).status).toBe(404);
});

test('a post cannot be given to someone else', async () => {
  const { postId } = await givenPost(api.posts);
  expect((await edit(postId, { userId: 'bob' })).status).toBe(403);
});

test('every invalid part of a request gets its entry', async () => {
  const answer = await edit(
    'x',
    { content: null, type: 'poem', status: 'flagged', timestamp: 'now' },
    { headers: { 'if-match': '1' }, query: 'a=1&a=2' },
  );
  expect(answer.status).toBe(400);
  expect(problemIn(answer).errors?.map(({ detail: _, ...place }) => place)).toEqual([
    { parameter: 'a' },
    { parameter: 'postId' },
    { header: 'if-match' },
    { pointer: '#/content' },
    { pointer: '#/type' },
    { pointer: '#/status' },
    { pointer: '#/timestamp' },
  ]);
});
