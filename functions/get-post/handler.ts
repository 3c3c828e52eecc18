import * as z from 'zod';
import { api } from '#lib/http/api.ts';
import { entityTag } from '#lib/http/entity-tag.ts';
import { postResource } from '#lib/http/post-resource.ts';
import { empty, json } from '#lib/http/response.ts';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { visiblePost } from '#lib/posts/access.ts';
import { dynamoDbPostRepository } from '#lib/posts/dynamodb-post-repository.ts';
import { route } from './route.ts';

const { POSTS_TABLE } = readConfig(z.object({ POSTS_TABLE: requiredText }));
const posts = dynamoDbPostRepository(createDocumentClient(), POSTS_TABLE);

/** GET /posts/{postId} */
export const handler = api(route, async ({ params, userId, headers }) => {
  const post = visiblePost(await posts.find(params.postId), userId);
  const answerHeaders = {
    etag: entityTag(post.version),
    // What not everyone may see is kept out of shared caches.
    'cache-control': post.status === 'published' ? 'no-cache' : 'private, no-cache',
    vary: 'Authorization',
  };
  const isUnchanged = headers['if-none-match']?.(post.version);
  return isUnchanged ? empty(304, answerHeaders) : json(200, postResource(post), answerHeaders);
});
