import { flagged, givenPost } from '#tests/support/posts.ts';
import { type Answer, caller, captureLogs, problemNameIn, startTestApi, type TestApi } from './api.ts';
import type { TestRequest } from './requests.ts';

let api: TestApi;
let remove: (request?: TestRequest) => Promise<Answer>;
let logs: ReturnType<typeof captureLogs>;

beforeAll(async () => {
  api = await startTestApi();
  remove = await caller('delete-post');
  logs = captureLogs();
});
afterAll(async () => {
  logs.stop();
  await api.stop();
});

const asAda = (postId: string, headers: Record<string, string> = {}) =>
  remove({ claims: { sub: 'ada' }, params: { postId }, headers });

test.each([{ status: 'published' }, { status: 'draft' }, flagged] as const)(
  'an author removes their post ($status); removing it again finds nothing',
  async (given) => {
    const { postId } = await givenPost(api.posts, given);
    expect((await asAda(postId)).status).toBe(204);
    expect(await api.posts.find(postId)).toBeUndefined();
    expect((await asAda(postId)).status).toBe(404);
  },
);

test.each([
  ['"2"', 204],
  ['*', 204],
  ['"1"', 412],
  ['W/"2"', 412],
  ['nonsense', 400],
])('If-Match %s of a post at version 2 gives %d', async (tags, status) => {
  const { postId } = await givenPost(api.posts, { version: 2 });
  expect((await asAda(postId, { 'if-match': tags })).status).toBe(status);
  expect((await api.posts.find(postId)) === undefined).toBe(status === 204);
});

test.each([
  ['published', 403, 'another-user'],
  ['draft', 404, 'not-found'],
  ['flagged', 404, 'not-found'],
] as const)('a %s post of someone else cannot be removed', async (status, code, problem) => {
  const { postId } = await givenPost(api.posts, { userId: 'bob', status });
  const answer = await asAda(postId);
  expect(answer.status).toBe(code);
  expect(problemNameIn(answer)).toBe(problem);
  expect(await api.posts.find(postId)).toBeDefined();
});

test('of 20 removals at once every one succeeds or finds nothing', async () => {
  const { postId } = await givenPost(api.posts);
  const answers = await Promise.all(Array.from({ length: 20 }, () => asAda(postId)));
  expect(answers.some(({ status }) => status === 204)).toBe(true);
  expect(answers.every(({ status }) => status === 204 || status === 404)).toBe(true);
});

describe('an item that is no post', () => {
  test.each([
    { version: 'one' },
    { version: undefined },
    { content: '' },
    { status: 'gone' },
    { status: undefined },
    { type: 'smell' },
    { timestamp: 'long ago' },
  ])('%j can be removed by its author, and by nobody else', async (defect) => {
    const post = await givenPost(api.posts, { status: 'draft' });
    await api.posts.put({ ...post, ...defect });
    const asEve = await remove({ claims: { sub: 'eve' }, params: { postId: post.postId } });
    expect(asEve.status).toBe(404);
    expect(await api.posts.item(post.postId)).toBeDefined();
    expect((await asAda(post.postId)).status).toBe(204);
    expect(await api.posts.item(post.postId)).toBeUndefined();
  });

  test('is not at the version that somebody names', async () => {
    const post = await givenPost(api.posts);
    await api.posts.put({ ...post, version: 'one' });
    expect((await asAda(post.postId, { 'if-match': '"1"' })).status).toBe(412);
  });

  test('without an author belongs to nobody', async () => {
    const post = await givenPost(api.posts);
    await api.posts.put({ ...post, userId: undefined });
    expect((await asAda(post.postId)).status).toBe(403);
  });
});
