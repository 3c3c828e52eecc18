import * as z from 'zod';
import { api } from '#lib/http/api.ts';
import { assertOwn, postWritten } from '#lib/http/post-resource.ts';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { dynamoDbPostRepository } from '#lib/posts/dynamodb-post-repository.ts';
import { updatePost } from '#lib/posts/update-post.ts';
import { route } from './route.ts';

const { POSTS_TABLE } = readConfig(z.object({ POSTS_TABLE: requiredText }));
const update = updatePost(dynamoDbPostRepository(createDocumentClient(), POSTS_TABLE), () => new Date());

/** PATCH /posts/{postId} */
export const handler = api(route, async ({ params, body, userId, headers, correlationId }) => {
  const { userId: named, ...edit } = body;
  assertOwn(named, userId);
  const versions = headers['if-match'];
  return postWritten(200, await update({ ...params, author: userId, edit, versions, correlationId }));
});
