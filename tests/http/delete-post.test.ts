import { deletePostRoute } from '#lib/http/routes/posts.ts';
import { type Answer, caller, captureLogs, problemNameIn, startTestApi, type TestApi } from './api.ts';
import { flagged, givenPost } from './posts.ts';
import type { TestRequest } from './requests.ts';

let api: TestApi;
let remove: (request?: TestRequest) => Promise<Answer>;
let logs: ReturnType<typeof captureLogs>;

beforeAll(async () => {
  api = await startTestApi();
  const { handler } = await import('#functions/delete-post/handler.ts');
  remove = caller(deletePostRoute, handler);
  logs = captureLogs();
});
afterAll(async () => {
  logs.stop();
  await api.stop();
});

const asAda = (postId: string, headers: Record<string, string> = {}) =>
  remove({ claims: { sub: 'ada' }, params: { postId }, headers });

test.each([{ status: 'published' }, { status: 'draft' }, flagged] as const)(
  'an author removes his post ($status); removing it again finds nothing',
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
