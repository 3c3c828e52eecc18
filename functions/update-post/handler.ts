import { anyVersion } from '#lib/http/entity-tag.ts';
import { httpHandler } from '#lib/http/http-handler.ts';
import { assertOwn } from '#lib/http/own-user.ts';
import { postWritten } from '#lib/http/post-replies.ts';
import { updatePostRoute } from '#lib/http/routes/update-post.ts';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { createLogger } from '#lib/platform/logger.ts';
import * as z from '#lib/platform/zod.ts';
import { dynamoDbPostRepository } from '#lib/posts/dynamodb-post-repository.ts';
import { updatePost } from '#lib/posts/update-post.ts';

const { POSTS_TABLE } = readConfig(z.object({ POSTS_TABLE: requiredText }));
const update = updatePost(dynamoDbPostRepository(createDocumentClient(), POSTS_TABLE), () => new Date());

/** PATCH /posts/{postId} */
export const handler = httpHandler(
  updatePostRoute,
  { log: createLogger() },
  async ({ params, body, userId, headers, correlationId }) => {
    assertOwn(body.userId, userId);
    const { content, type, status } = body;
    const post = await update({
      postId: params.postId,
      author: userId,
      edit: { content, type, status },
      accepts: headers['if-match'] ?? anyVersion,
      correlationId,
    });
    return postWritten(200, post);
  },
);
