import * as z from 'zod';
import { sealedCursors } from '#lib/http/cursor.ts';
import { httpHandler } from '#lib/http/http-handler.ts';
import { pageReply } from '#lib/http/page-reply.ts';
import { searchPostsRoute } from '#lib/http/routes/search-posts.ts';
import { secretReader } from '#lib/platform/aws/secrets-manager.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { createLogger } from '#lib/platform/logger.ts';
import { once } from '#lib/platform/once.ts';
import { Post } from '#lib/posts/post.ts';
import type { SearchIndexReader } from '#lib/search/search-index.ts';

const { CURSOR_KEY_ARN } = readConfig(z.object({ CURSOR_KEY_ARN: requiredText }));
const readSecret = secretReader();
const cursors = once(async () => sealedCursors(await readSecret(CURSOR_KEY_ARN)));
const Position = Post.pick({ postId: true, timestamp: true });

/** GET /posts/search */
export const searchPosts = (index: SearchIndexReader) =>
  httpHandler(
    searchPostsRoute,
    { log: createLogger() },
    async ({ query: { q: text, type, userId, limit, cursor } }) => {
      const key = [searchPostsRoute.operationId, text, type, userId];
      const after = cursor === undefined ? undefined : (await cursors()).open(key, Position, cursor);
      const { items, next } = await index.search({ text, type, userId, limit, after });
      return pageReply(items, next && (await cursors()).seal(key, next), { 'cache-control': 'no-cache' });
    },
  );
