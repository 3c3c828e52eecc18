import { ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { dynamoDbCreatePost, newPost } from '#lib/posts/dynamodb-create-post.ts';
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
let create: (request?: TestRequest) => Promise<Answer>;
let logs: ReturnType<typeof captureLogs>;

beforeAll(async () => {
  api = await startTestApi();
  create = await caller('create-post');
  logs = captureLogs();
});
afterAll(async () => {
  logs.stop();
  await api.stop();
});

const postsOf = async (userId: string) => (await api.posts.listByUser(userId, 100, undefined)).items;

const keyed = (user: string, key: string, body: unknown = { content: 'Hello' }): TestRequest => ({
  claims: { sub: user },
  headers: { 'idempotency-key': key },
  body,
});

test('the same key and body give the first answer again', async () => {
  const first = await create(keyed('ada', 'key-1'));
  const second = await create(keyed('ada', 'key-1', { type: 'text', content: 'Hello' }));
  expect(second.status).toBe(201);
  expect(second.body).toEqual(first.body);
  expect(second.headers).toMatchObject({
    location: first.headers.location,
    etag: '"1"',
    'idempotent-replayed': 'true',
  });
  expect(first.headers).not.toHaveProperty('idempotent-replayed');
  expect(await postsOf('ada')).toHaveLength(1);
});

test('the answer is the first one even when the post has changed since', async () => {
  const first = await create(keyed('carl', 'key-1'));
  const post = postIn(first);
  const { moderation: _, ...rest } = post;
  await api.posts.replace({ ...rest, content: 'Edited', version: 2 }, 'correlation');
  expect((await create(keyed('carl', 'key-1'))).body).toEqual(first.body);
});

test('a quoted key is the same key', async () => {
  const first = await create(keyed('bea', 'key-1'));
  expect((await create(keyed('bea', '"key-1"'))).body).toEqual(first.body);
});

test('the same key with another body is refused', async () => {
  await create(keyed('dan', 'key-1'));
  const answer = await create(keyed('dan', 'key-1', { content: 'Something else' }));
  expect(answer.status).toBe(422);
  expect(problemNameIn(answer)).toBe('idempotency-key-reused');
  expect(await postsOf('dan')).toHaveLength(1);
});

test('keys are per user', async () => {
  const [eve, fay] = await Promise.all([create(keyed('eve', 'shared')), create(keyed('fay', 'shared'))]);
  expect(postIn(eve).userId).toBe('eve');
  expect(postIn(fay).userId).toBe('fay');
});

test('a refused request does not use up its key', async () => {
  expect((await create(keyed('gus', 'key-1', { content: '' }))).status).toBe(400);
  expect((await create(keyed('gus', 'key-1', { content: 'Hello' }))).status).toBe(201);
});

test.each(['', ' ', '"', '"a', 'a,b', 'ä', '"a\\"b"', 'a'.repeat(256)])('%j is no key', async (key) => {
  expect((await create(keyed('hal', key))).status).toBe(400);
});

test('of 50 equal requests at once one creates the post; the others get its answer or are told to wait', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => create(keyed('ivy', 'race'))));
  const created = answers.filter(({ status }) => status === 201);
  const told = answers.filter(({ status }) => status === 409);
  expect(created.length).toBeGreaterThan(0);
  expect(created.length + told.length).toBe(50);
  expect(new Set(created.map((answer) => postIn(answer).postId)).size).toBe(1);
  for (const answer of told) {
    expect(problemNameIn(answer)).toBe('idempotency-key-in-use');
    expect(answer.headers['retry-after']).toBe('1');
  }
  expect(await postsOf('ivy')).toHaveLength(1);
});

const expire = async (id: string) => {
  await api.dynamoDb.client.send(
    new UpdateCommand({
      TableName: api.tables.idempotency,
      Key: { id },
      UpdateExpression: 'SET expiration = :past',
      ExpressionAttributeValues: { ':past': 1 },
    }),
  );
};

test('after 24 hours a key may be used anew, even while its old record is still in the table', async () => {
  const { Items: before = [] } = await api.dynamoDb.client.send(
    new ScanCommand({ TableName: api.tables.idempotency }),
  );
  const first = await create(keyed('jon', 'key-1'));
  const { Items: after = [] } = await api.dynamoDb.client.send(
    new ScanCommand({ TableName: api.tables.idempotency }),
  );
  const known = new Set(before.map(({ id }) => id));
  const added = after.filter(({ id }) => !known.has(id));
  expect(added).toHaveLength(1);
  for (const { id, expiration } of added) {
    expect(Math.abs(expiration - Date.now() / 1_000 - 24 * 60 * 60)).toBeLessThan(10);
    await expire(id);
  }
  const second = await create(keyed('jon', 'key-1', { content: 'Another day' }));
  expect(second.status).toBe(201);
  expect(postIn(second).postId).not.toBe(postIn(first).postId);
});

describe('a request that was cut off after its write', () => {
  const cutOff = async (user: string, key = 'key-1') => {
    const tables = { posts: api.tables.posts, keys: api.tables.idempotency };
    const post = newPost(ulid(), user, { content: 'Hello', type: 'text', status: 'draft' }, new Date());
    await dynamoDbCreatePost(api.dynamoDb.client, tables)(post, 'correlation', key);
    return post;
  };

  test('finds what it wrote when it is sent again', async () => {
    const post = await cutOff('kim');
    const answer = await create(keyed('kim', 'key-1'));
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual(post);
    expect(await postsOf('kim')).toEqual([post]);
  });

  test('does not bring back the post that its author removed meanwhile', async () => {
    const post = await cutOff('mia');
    expect(await api.posts.remove(post.postId)).toBeUndefined();
    const answer = await create(keyed('mia', 'key-1'));
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual(post);
    expect(await postsOf('mia')).toEqual([]);
  });

  test('is not finished by another request with its key', async () => {
    await cutOff('lea');
    const answer = await create(keyed('lea', 'key-1', { content: 'Something else' }));
    expect(answer.status).toBe(422);
    expect(await postsOf('lea')).toHaveLength(1);
  });
});

test('a field that is undefined is as good as none', async () => {
  const tables = { posts: api.tables.posts, keys: api.tables.idempotency };
  const createPost = dynamoDbCreatePost(api.dynamoDb.client, tables);
  const given = { content: 'Hello', type: 'text', status: 'draft' } as const;
  const post = newPost(ulid(), 'ole', given, new Date());
  // The types refuse it, and can be got around.
  Reflect.set(post, 'moderation', undefined);
  expect((await createPost(post, 'correlation', 'key-1')).isReplay).toBe(false);
  const again = await createPost(newPost(ulid(), 'ole', given, new Date()), 'correlation', 'key-1');
  expect(again).toEqual({ isReplay: true, post });
  expect(await api.posts.item(post.postId)).not.toHaveProperty('moderation');
});

test('an id that is taken is not written again', async () => {
  const tables = { posts: api.tables.posts, keys: api.tables.idempotency };
  const createPost = dynamoDbCreatePost(api.dynamoDb.client, tables);
  const post = newPost(ulid(), 'noa', { content: 'Hello', type: 'text', status: 'draft' }, new Date());
  await createPost(post, 'correlation');
  for (const key of [undefined, 'key-1']) {
    await expect(createPost({ ...post, content: 'Other' }, 'correlation', key)).rejects.toThrow();
  }
  expect(await postsOf('noa')).toEqual([post]);
});
