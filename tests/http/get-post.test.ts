import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { flagged, givenPost } from '#tests/support/posts.ts';
import {
  type Answer,
  caller,
  captureLogs,
  postIn,
  problemNameIn,
  startTestApi,
  type TestApi,
} from './api.ts';
import type { TestRequest } from './requests.ts';

let api: TestApi;
let get: (request?: TestRequest) => Promise<Answer>;
let logs: ReturnType<typeof captureLogs>;

beforeAll(async () => {
  api = await startTestApi();
  get = await caller('get-post');
  logs = captureLogs();
});
afterAll(async () => {
  logs.stop();
  await api.stop();
});

const as = async (user: string) => ({ authorization: `Bearer ${await api.identity.issueToken(user)}` });

test('a published post is open to everyone', async () => {
  const post = await givenPost(api.posts);
  const answer = await get({ params: { postId: post.postId } });
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual(post);
  expect(answer.headers).toMatchObject({ etag: '"1"', 'cache-control': 'no-cache', vary: 'Authorization' });
});

describe.each([
  ['a draft', { status: 'draft' } as const],
  ['a flagged post', flagged],
])('%s', (_, given) => {
  test('is there for its author, and for no shared cache', async () => {
    const { postId } = await givenPost(api.posts, given);
    const answer = await get({ params: { postId }, headers: await as('ada') });
    expect(postIn(answer).status).toBe(given.status);
    expect(answer.headers['cache-control']).toBe('private, no-cache');
  });

  test('is not there for anyone else, exactly as a post that never was', async () => {
    const { postId } = await givenPost(api.posts, given);
    const answers = [
      await get({ params: { postId } }),
      await get({ params: { postId }, headers: await as('eve') }),
      await get({ params: { postId: '01J0000000000000000000000A' } }),
    ];
    const bodies = answers.map(({ status, body }) => {
      expect(status).toBe(404);
      return { ...Object(body), instance: undefined };
    });
    expect(bodies[0]).toEqual(bodies[2]);
    expect(bodies[1]).toEqual(bodies[2]);
  });
});

test('the author of a flagged post is told why; scores and versions of the review stay inside', async () => {
  const { postId } = await givenPost(api.posts, flagged);
  const answer = await get({ params: { postId }, headers: await as('ada') });
  expect(postIn(answer).moderation).toEqual({ labels: ['PROFANITY'] });
  expect(answer.body).toHaveProperty('moderation', { labels: ['PROFANITY'] });
});

test('of an approved post the review is not shown', async () => {
  const { postId } = await givenPost(api.posts, {
    moderation: { decision: 'approved', labels: [], scores: {}, reviewedVersion: 1 },
  });
  expect((await get({ params: { postId } })).body).not.toHaveProperty('moderation');
});

test.each([
  ['"3"', 304],
  ['W/"3"', 304],
  ['"1", "3"', 304],
  ['*', 304],
  ['"2"', 200],
])('If-None-Match %s of a post at version 3 gives %d', async (tags, status) => {
  const { postId } = await givenPost(api.posts, { version: 3 });
  const answer = await get({ params: { postId }, headers: { 'if-none-match': tags } });
  expect(answer.status).toBe(status);
  expect(answer.headers.etag).toBe('"3"');
});

test.each(['x', '01j0000000000000000000000a', '81J0000000000000000000000A', '../users'])(
  '%s is no post id',
  async (postId) => {
    const answer = await get({ params: { postId } });
    expect(answer.status).toBe(400);
    expect(problemNameIn(answer)).toBe('invalid-request');
  },
);

test('a post that cannot be read from the table is an internal error that tells nothing', async () => {
  const { postId } = await givenPost(api.posts);
  await api.dynamoDb.client.send(
    new PutCommand({ TableName: api.tables.posts, Item: { postId, content: 'half a post' } }),
  );
  logs.lines.length = 0;
  const answer = await get({ params: { postId } });
  expect(answer.status).toBe(500);
  expect(Object.keys(Object(answer.body)).toSorted()).toEqual(['instance', 'status', 'title', 'type']);
  const [failure] = logs.lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 'ERROR');
  expect(failure).toMatchObject({ message: 'request failed', error: { name: 'ZodError' } });
  expect(failure.requestId).toBe(answer.headers['x-request-id']);
  expect(logs.lines.join()).not.toContain('half a post');
});
