import { httpHandler } from '#lib/http/http-handler.ts';
import { postRead } from '#lib/http/post-replies.ts';
import { getPostRoute } from '#lib/http/routes/get-post.ts';
import { tokenVerifier } from '#lib/http/token.ts';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { createLogger } from '#lib/platform/logger.ts';
import * as z from '#lib/platform/zod.ts';
import { visiblePost } from '#lib/posts/access.ts';
import { dynamoDbPostRepository } from '#lib/posts/dynamodb-post-repository.ts';

const { POSTS_TABLE, TOKEN_ISSUER, TOKEN_AUDIENCE } = readConfig(
  z.object({ POSTS_TABLE: requiredText, TOKEN_ISSUER: z.url(), TOKEN_AUDIENCE: requiredText }),
);
const posts = dynamoDbPostRepository(createDocumentClient(), POSTS_TABLE);
const verifyToken = tokenVerifier(TOKEN_ISSUER, TOKEN_AUDIENCE);

/** GET /posts/{postId} */
export const handler = httpHandler(
  getPostRoute,
  { log: createLogger(), verifyToken },
  async ({ params, userId, headers }) => {
    const post = visiblePost(await posts.find(params.postId), userId);
    return postRead(post, headers['if-none-match']?.(post.version) ?? false);
  },
);
