import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ulid } from 'ulid';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { deletePost } from '#lib/posts/delete-post.ts';
import { dynamoDbCreatePost, newPost } from '#lib/posts/dynamodb-create-post.ts';
import { dynamoDbPostRepository } from '#lib/posts/dynamodb-post-repository.ts';
import { type PostRepository, VersionConflict } from '#lib/posts/post-repository.ts';
import { updatePost } from '#lib/posts/update-post.ts';
import { startProxy } from '#local/engine-proxy/proxy.ts';
import { type StoredPosts, storedPosts, givenPost as storePost } from '#tests/support/posts.ts';
import {
  createTable,
  localCredentials,
  startTestDynamoDb,
  type TestDynamoDb,
} from '#tests/support/tables.ts';

let dynamoDb: TestDynamoDb;
let posts: PostRepository;
let stored: StoredPosts;
let tables: { posts: string; keys: string };
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
  const [postsTable, keys] = await Promise.all(
    ['PostsTable', 'IdempotencyTable'].map((id) => createTable(dynamoDb.client, id)),
  );
  tables = { posts: `${postsTable}`, keys: `${keys}` };
  posts = dynamoDbPostRepository(dynamoDb.client, tables.posts);
  stored = storedPosts(dynamoDb.client, tables.posts);
});
afterAll(() => dynamoDb.stop());

const givenPost = (given = {}) => storePost(stored, given);

/** A repository whose client sends every write twice, as it does when the answer to the first one is lost. */
const answersLost = (): PostRepository => ({
  ...posts,
  update: async (...write) => {
    await posts.update(...write);
    await posts.update(...write);
  },
  remove: async (...write) => {
    await posts.remove(...write);
    return posts.remove(...write);
  },
});
const now = () => new Date();
const anyVersion = { versions: undefined };
const request = { author: 'ada', edit: { content: 'Mine' }, correlationId: 'correlation', ...anyVersion };

test('a post whose answer was lost is created once, and not again when it was removed meanwhile', async () => {
  const post = newPost(ulid(), 'ada', { content: 'Hello', type: 'text', status: 'draft' }, now());
  let calls = 0;
  const proxy = await startProxy(async (call, forward) => {
    const answer = await forward(call, dynamoDb.endpoint);
    calls += 1;
    if (calls > 1) return answer;
    expect(await posts.find(post.postId)).toEqual(post);
    await stored.remove(post.postId);
    // The SDK hears nothing, and calls again.
    return undefined;
  });
  const client = createDocumentClient(
    new DynamoDBClient({ endpoint: proxy.endpoint, region: 'us-east-1', credentials: localCredentials }),
  );
  try {
    expect(await dynamoDbCreatePost(client, tables)(post, 'correlation')).toEqual({ post, isReplay: false });
  } finally {
    client.destroy();
    await proxy.stop();
  }
  expect(calls).toBe(2);
  expect(await posts.find(post.postId)).toBeUndefined();
});

test('an edit whose write was answered late is made once, also when it named its version', async () => {
  const { postId } = await givenPost();
  const post = await updatePost(answersLost(), now)({ ...request, postId, versions: [1] });
  expect(post).toMatchObject({ content: 'Mine', version: 2 });
  expect(await posts.find(postId)).toEqual(post);
});

test('a removal whose write was answered late has happened', async () => {
  const { postId } = await givenPost();
  await deletePost(answersLost())({ postId, author: 'ada', ...anyVersion });
  expect(await posts.find(postId)).toBeUndefined();
});

test('a removal of a version that an edit overtakes is refused', async () => {
  const { postId } = await givenPost();
  const overtaken: PostRepository = {
    ...posts,
    remove: async (...write) => {
      await updatePost(posts, now)({ ...request, postId });
      return posts.remove(...write);
    },
  };
  const removal = deletePost(overtaken)({ postId, author: 'ada', versions: [1] });
  await expect(removal).rejects.toMatchObject({ code: 'stale-version' });
  expect(await posts.find(postId)).toMatchObject({ content: 'Mine', version: 2 });
});

test('an edit that changes nothing does not go to the table', async () => {
  const post = await givenPost();
  const never: PostRepository = { ...posts, update: () => Promise.reject(new Error('written')) };
  const edit = { content: post.content };
  expect(await updatePost(never, now)({ ...request, postId: post.postId, edit })).toEqual(post);
});

test('an edit keeps what it does not know', async () => {
  const { postId, ...post } = await givenPost();
  await stored.put({ ...post, postId, expiresAt: 2_000_000_000, pinned: { by: 'an operator' } });
  await updatePost(posts, now)({ ...request, postId });
  expect(await stored.item(postId)).toEqual({
    ...post,
    ...{ postId, expiresAt: 2_000_000_000, pinned: { by: 'an operator' } },
    ...{ content: 'Mine', version: 2, correlationId: 'correlation', updatedAt: expect.any(String) },
  });
});

test('who loses against every other writer is told so, and does not try for ever', async () => {
  const post = await givenPost();
  let tries = 0;
  const busy: PostRepository = {
    ...posts,
    update: async (postId) => {
      tries += 1;
      throw new VersionConflict(postId, { ...post, content: `someone else's ${tries}` });
    },
  };
  await expect(updatePost(busy, now)({ ...request, postId: post.postId })).rejects.toMatchObject({
    code: 'write-contention',
  });
  expect(tries).toBe(10);
});

test('an engine that fails is not taken for a lost race', async () => {
  const { postId } = await givenPost();
  const broken: PostRepository = { ...posts, update: () => Promise.reject(new Error('no connection')) };
  await expect(updatePost(broken, now)({ ...request, postId })).rejects.toThrow('no connection');
});
