import { sealedCursors } from '#lib/http/cursor.ts';
import { httpHandler } from '#lib/http/http-handler.ts';
import { pageReply } from '#lib/http/page-reply.ts';
import { postResource } from '#lib/http/post-replies.ts';
import { listUserPostsRoute } from '#lib/http/routes/list-user-posts.ts';
import { tokenVerifier } from '#lib/http/token.ts';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { secretReader } from '#lib/platform/aws/secrets-manager.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { createLogger } from '#lib/platform/logger.ts';
import { once } from '#lib/platform/once.ts';
import * as z from '#lib/platform/zod.ts';
import { dynamoDbPostRepository } from '#lib/posts/dynamodb-post-repository.ts';
import { listUserPosts } from '#lib/posts/list-user-posts.ts';
import { Post } from '#lib/posts/post.ts';

const { POSTS_TABLE, TOKEN_ISSUER, TOKEN_AUDIENCE, CURSOR_KEY_ARN } = readConfig(
  z.object({
    POSTS_TABLE: requiredText,
    TOKEN_ISSUER: z.url(),
    TOKEN_AUDIENCE: requiredText,
    CURSOR_KEY_ARN: requiredText,
  }),
);
const list = listUserPosts(dynamoDbPostRepository(createDocumentClient(), POSTS_TABLE));
const verifyToken = tokenVerifier(TOKEN_ISSUER, TOKEN_AUDIENCE);
const readSecret = secretReader();
const cursors = once(async () => sealedCursors(await readSecret(CURSOR_KEY_ARN)));
const Position = z.pick(Post, { postId: true, userId: true, timestamp: true });

/** GET /users/{userId}/posts */
export const handler = httpHandler(
  listUserPostsRoute,
  { log: createLogger(), verifyToken },
  async ({ params: { userId }, query: { limit, cursor }, userId: viewer }) => {
    const key = [listUserPostsRoute.operationId, userId];
    const after = cursor === undefined ? undefined : (await cursors()).open(key, Position, cursor);
    const { items, next } = await list({ userId, viewer, limit, after });
    return pageReply(items.map(postResource), next && (await cursors()).seal(key, next), {
      'cache-control': 'private, no-cache',
      vary: 'Authorization',
    });
  },
);
