import {
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { jest } from '@jest/globals';
import { problemOf } from '#lib/http/problem-details.ts';
import { json } from '#lib/http/response.ts';
import { RetryLater } from '#lib/platform/retry-later.ts';
import { VersionConflict } from '#lib/posts/post-repository.ts';
import { startProxy } from '#local/engine-proxy/proxy.ts';
import { givenPost } from '#tests/support/posts.ts';
import { caller, captureLogs, problemNameIn, startTestApi, type TestApi } from './api.ts';

let api: TestApi;
let logs: ReturnType<typeof captureLogs>;
beforeAll(async () => {
  api = await startTestApi();
  logs = captureLogs();
});
afterAll(async () => {
  logs.stop();
  await api.stop();
});

/** The functions as they are when DynamoDB answers each call with this error. */
const withEngineThatAnswers = async <Result>(
  error: Record<string, unknown>,
  work: () => Promise<Result>,
): Promise<Result> => {
  const proxy = await startProxy(async () => ({
    statusCode: 400,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    responseBody: Buffer.from(JSON.stringify(error)),
  }));
  const { AWS_ENDPOINT_URL_DYNAMODB } = process.env;
  Object.assign(process.env, { AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint, AWS_MAX_ATTEMPTS: '1' });
  jest.resetModules();
  try {
    return await work();
  } finally {
    Object.assign(process.env, { AWS_ENDPOINT_URL_DYNAMODB });
    delete process.env.AWS_MAX_ATTEMPTS;
    jest.resetModules();
    await proxy.stop();
  }
};

const PREFIX = 'com.amazonaws.dynamodb.v20120810#';
const THROTTLES = ['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'];

test.each(THROTTLES)('a table that answers %s is 503, to be tried again', async (name) => {
  const { postId } = await givenPost(api.posts);
  const request = { claims: { sub: 'ada' }, params: { postId } };
  await withEngineThatAnswers({ __type: `${PREFIX}${name}`, message: 'slow down' }, async () => {
    for (const folder of ['get-post', 'delete-post', 'list-user-posts']) {
      const send = await caller(folder);
      const answer = await send(folder === 'list-user-posts' ? { params: { userId: 'ada' } } : request);
      expect([folder, answer.status]).toEqual([folder, 503]);
      expect(problemNameIn(answer)).toBe('unavailable');
      expect(answer.headers['retry-after']).toBe('1');
    }
  });
});

test.each(['ThrottlingError', 'ProvisionedThroughputExceeded', 'RequestLimitExceeded'])(
  'so is a transaction that was cancelled for %s',
  async (Code) => {
    const error = {
      __type: `${PREFIX}TransactionCanceledException`,
      message: 'cancelled',
      CancellationReasons: [{ Code }, { Code: 'None' }],
    };
    const answer = await withEngineThatAnswers(error, async () => {
      const create = await caller('create-post');
      const headers = { 'idempotency-key': 'k' };
      return create({ claims: { sub: 'ada' }, body: { content: 'Hello' }, headers });
    });
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
  },
);

test('an equal request that is in its transaction right now is 409, to be tried again', async () => {
  const error = {
    __type: `${PREFIX}TransactionCanceledException`,
    message: 'cancelled',
    CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
  };
  const answer = await withEngineThatAnswers(error, async () => {
    const create = await caller('create-post');
    const headers = { 'idempotency-key': 'k' };
    return create({ claims: { sub: 'ada' }, body: { content: 'Hello' }, headers });
  });
  expect(answer.status).toBe(409);
  expect(problemNameIn(answer)).toBe('idempotency-key-in-use');
  expect(answer.headers['retry-after']).toBe('1');
});

const named = (name: string) => Object.assign(new Error(name), { name, $metadata: {} });

test.each<[string, Error, string, string | undefined]>([
  ['another service that throttles', named('ThrottlingException'), 'unavailable', '1'],
  [
    'too many requests',
    Object.assign(named('Odd'), { $metadata: { httpStatusCode: 429 } }),
    'unavailable',
    '1',
  ],
  [
    'a throttle within another error',
    new Error('wrapped', { cause: named('Throttling') }),
    'unavailable',
    '1',
  ],
  ['what knows when to try again', new RetryLater('the index is away', 7), 'unavailable', '7'],
  ['a bug', new TypeError('x is undefined'), 'internal-error', undefined],
  ['a right that is missing', named('AccessDeniedException'), 'internal-error', undefined],
])('%s is answered as it should be', (_, error, problem, retryAfter) => {
  const answered = problemOf(error);
  expect(answered.problem).toBe(problem);
  expect(answered.headers['retry-after']).toBe(retryAfter);
});

test('the exceptions of the SDK itself are known', () => {
  const metadata = { $metadata: {}, message: '' };
  const throttled = new ProvisionedThroughputExceededException(metadata);
  expect(problemOf(throttled).problem).toBe('unavailable');
  const CancellationReasons = [{ Code: 'None' }, { Code: 'ThrottlingError' }];
  const cancelled = new TransactionCanceledException({ ...metadata, CancellationReasons });
  expect(problemOf(cancelled).problem).toBe('unavailable');
  expect(problemOf(new TransactionCanceledException(metadata)).problem).toBe('internal-error');
});

test('of an error that carries a post along, the post is not logged', async () => {
  const { postId } = await givenPost(api.posts, { content: 'a secret of the post' });
  await api.posts.put({ postId, userId: 'ada', version: 'one', content: 'a secret of the item' });
  const post = await givenPost(api.posts, { content: 'a secret of the conflict' });
  const get = await caller('get-post');
  logs.lines.length = 0;
  expect((await get({ params: { postId } })).status).toBe(500);
  const { logger } = await import('#lib/platform/logger.ts');
  const error = new Error('failed', { cause: new VersionConflict(post.postId, post) });
  logger.error('request failed', { error });
  expect(logs.lines.join()).toContain('is not at the expected version');
  expect(logs.lines.join()).not.toContain('a secret');
});

test('a field that is undefined is left out of an answer', () => {
  expect(json(200, { items: [], nextCursor: undefined }, {}).body).toBe('{"items":[]}');
});
