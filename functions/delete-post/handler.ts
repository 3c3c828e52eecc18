import { anyVersion } from '#lib/http/entity-tag.ts';
import { httpHandler } from '#lib/http/http-handler.ts';
import { deletePostRoute } from '#lib/http/routes/delete-post.ts';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { createLogger } from '#lib/platform/logger.ts';
import * as z from '#lib/platform/zod.ts';
import { deletePost } from '#lib/posts/delete-post.ts';
import { dynamoDbPostRepository } from '#lib/posts/dynamodb-post-repository.ts';

const { POSTS_TABLE } = readConfig(z.object({ POSTS_TABLE: requiredText }));
const remove = deletePost(dynamoDbPostRepository(createDocumentClient(), POSTS_TABLE));

/** DELETE /posts/{postId} */
export const handler = httpHandler(
  deletePostRoute,
  { log: createLogger() },
  async ({ params, userId, headers }) => {
    await remove({ postId: params.postId, author: userId, accepts: headers['if-match'] ?? anyVersion });
    return { status: 204, headers: {} };
  },
);
