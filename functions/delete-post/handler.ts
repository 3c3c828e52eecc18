import * as z from 'zod';
import { api } from '#lib/http/api.ts';
import { empty } from '#lib/http/response.ts';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { deletePost } from '#lib/posts/delete-post.ts';
import { dynamoDbPostRepository } from '#lib/posts/dynamodb-post-repository.ts';
import { route } from './route.ts';

const { POSTS_TABLE } = readConfig(z.object({ POSTS_TABLE: requiredText }));
const remove = deletePost(dynamoDbPostRepository(createDocumentClient(), POSTS_TABLE));

/** DELETE /posts/{postId} */
export const handler = api(route, async ({ params, userId, headers }) => {
  await remove({ ...params, author: userId, versions: headers['if-match'] });
  return empty(204);
});
