import { ulid } from 'ulid';
import * as z from 'zod';
import { api } from '#lib/http/api.ts';
import { assertOwn, postWritten } from '#lib/http/post-resource.ts';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { dynamoDbCreatePost, newPost } from '#lib/posts/dynamodb-create-post.ts';
import { route } from './route.ts';

const { POSTS_TABLE, IDEMPOTENCY_TABLE } = readConfig(
  z.object({ POSTS_TABLE: requiredText, IDEMPOTENCY_TABLE: requiredText }),
);
const createPost = dynamoDbCreatePost(createDocumentClient(), {
  posts: POSTS_TABLE,
  keys: IDEMPOTENCY_TABLE,
});

/** POST /posts */
export const handler = api(route, async ({ userId, headers, body, correlationId }) => {
  const { userId: named, ...authored } = body;
  assertOwn(named, userId);
  const proposed = newPost(ulid(), userId, authored, new Date());
  const { post, isReplay } = await createPost(proposed, correlationId, headers['idempotency-key']);
  return postWritten(201, post, {
    location: `/posts/${post.postId}`,
    ...(isReplay && { 'idempotent-replayed': 'true' }),
  });
});
