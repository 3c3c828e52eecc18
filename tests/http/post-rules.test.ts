import { ulid } from 'ulid';
import { createPost, newPost } from '#lib/posts/create-post.ts';
import { deletePost } from '#lib/posts/delete-post.ts';
import { dynamoDbPostRepository } from '#lib/posts/dynamodb-post-repository.ts';
import { type PostRepository, VersionConflict } from '#lib/posts/post-repository.ts';
import { updatePost } from '#lib/posts/update-post.ts';
import { createTable, startTestDynamoDb, type TestDynamoDb } from '#tests/support/tables.ts';
import { givenPost } from './posts.ts';

let dynamoDb: TestDynamoDb;
let posts: PostRepository;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
  posts = dynamoDbPostRepository(dynamoDb.client, await createTable(dynamoDb.client, 'PostsTable'));
});
afterAll(() => dynamoDb.stop());

/** A repository whose client sends every write twice, as it does when the answer to the first one is lost. */
const answersLost = (): PostRepository => ({
  ...posts,
  add: async (...write) => {
    await posts.add(...write);
    await posts.add(...write);
  },
  replace: async (...write) => {
    await posts.replace(...write);
    await posts.replace(...write);
  },
  remove: async (...write) => {
    await posts.remove(...write);
    await posts.remove(...write);
  },
});
const now = () => new Date();
const anyVersion = () => true;
const given = (postId: string, userId = 'ada') =>
  newPost({ postId, userId, content: 'Hello', type: 'text', status: 'draft' }, now());

test('a post whose write was answered late is created once, and is the answer', async () => {
  const post = given(ulid());
  expect(await createPost(answersLost())(post, 'correlation')).toEqual(post);
  expect(await posts.find(post.postId)).toEqual(post);
});

test("another author's post is never taken for one's own", async () => {
  const { postId } = await givenPost(posts, { userId: 'bob' });
  await expect(createPost(posts)(given(postId), 'correlation')).rejects.toThrow(VersionConflict);
});

test('an edit whose write was answered late is made once, also when it named its version', async () => {
  const { postId } = await givenPost(posts);
  const update = updatePost(answersLost(), now);
  const request = { postId, author: 'ada', edit: { content: 'New' }, correlationId: 'correlation' };
  const post = await update({ ...request, accepts: (version) => version === 1 });
  expect(post).toMatchObject({ content: 'New', version: 2 });
  expect(await posts.find(postId)).toEqual(post);
});

test('a removal whose write was answered late has happened', async () => {
  const { postId } = await givenPost(posts);
  await deletePost(answersLost())({ postId, author: 'ada', accepts: anyVersion });
  expect(await posts.find(postId)).toBeUndefined();
});

test('an edit that changes nothing does not go to the table', async () => {
  const post = await givenPost(posts);
  const never: PostRepository = { ...posts, replace: () => Promise.reject(new Error('written')) };
  const request = { postId: post.postId, author: 'ada', accepts: anyVersion, correlationId: 'correlation' };
  expect(await updatePost(never, now)({ ...request, edit: { content: post.content } })).toEqual(post);
});

test('who loses against every other writer is told so, and does not try for ever', async () => {
  const { postId } = await givenPost(posts);
  let tries = 0;
  const busy: PostRepository = {
    ...posts,
    replace: async (post) => {
      tries += 1;
      throw new VersionConflict(post.postId, { ...post, content: `someone else's ${tries}` });
    },
  };
  const request = { postId, author: 'ada', accepts: anyVersion, correlationId: 'correlation' };
  await expect(updatePost(busy, now)({ ...request, edit: { content: 'Mine' } })).rejects.toMatchObject({
    reason: 'contended',
  });
  expect(tries).toBe(10);
});

test('an engine that fails is not taken for a lost race', async () => {
  const { postId } = await givenPost(posts);
  const broken: PostRepository = { ...posts, replace: () => Promise.reject(new Error('no connection')) };
  const request = { postId, author: 'ada', accepts: anyVersion, correlationId: 'correlation' };
  await expect(updatePost(broken, now)({ ...request, edit: { content: 'Mine' } })).rejects.toThrow(
    'no connection',
  );
});
