import * as z from 'zod';
import { api } from '#lib/http/api.ts';
import { cursorsOf } from '#lib/http/page.ts';
import { postResource } from '#lib/http/post-resource.ts';
import { json } from '#lib/http/response.ts';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { secretReader } from '#lib/platform/aws/secrets-manager.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { logger } from '#lib/platform/logger.ts';
import { MetricUnit, metrics } from '#lib/platform/metrics.ts';
import { dynamoDbPostRepository, UserPostsKey } from '#lib/posts/dynamodb-post-repository.ts';
import { listUserPosts } from '#lib/posts/list-user-posts.ts';
import { route } from './route.ts';

const { POSTS_TABLE, CURSOR_KEY_ARN } = readConfig(
  z.object({ POSTS_TABLE: requiredText, CURSOR_KEY_ARN: requiredText }),
);
const list = listUserPosts(dynamoDbPostRepository(createDocumentClient(), POSTS_TABLE));
const cursors = cursorsOf(UserPostsKey, secretReader(CURSOR_KEY_ARN));

/** GET /users/{userId}/posts */
export const handler = api(route, async ({ params, query: { limit, cursor }, userId: viewer }) => {
  const query = ['listUserPosts', params.userId];
  const after = await cursors.open(query, cursor);
  const { items, unreadable, next } = await list({ ...params, viewer, limit, after });
  for (const { postId, reason } of unreadable) {
    logger.warn('post cannot be read', { postId, reason });
    metrics.addMetric('UnreadablePosts', MetricUnit.Count, 1);
  }
  return json(
    200,
    { items: items.map(postResource), nextCursor: await cursors.seal(query, next) },
    { 'cache-control': 'private, no-cache', vary: 'Authorization' },
  );
});
