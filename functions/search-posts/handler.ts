import { sealedCursors } from '#lib/http/cursor.ts';
import { httpHandler } from '#lib/http/http-handler.ts';
import { pageReply } from '#lib/http/page-reply.ts';
import { searchPostsRoute } from '#lib/http/routes/search-posts.ts';
import { secretReader } from '#lib/platform/aws/secrets-manager.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { createLogger } from '#lib/platform/logger.ts';
import { once } from '#lib/platform/once.ts';
import { Post } from '#lib/posts/post.ts';
import { SearchConfig, searchIndexReader } from '#lib/search/search-engine.ts';

const config = readConfig(SearchConfig.extend({ CURSOR_KEY_ARN: requiredText }));
const index = searchIndexReader(config);
const readSecret = secretReader();
const cursors = once(async () => sealedCursors(await readSecret(config.CURSOR_KEY_ARN)));
const Position = Post.pick({ postId: true, timestamp: true });

/** GET /posts/search */
export const handler = httpHandler(
  searchPostsRoute,
  { log: createLogger() },
  async ({ query: { q: text, type, userId, limit, cursor } }) => {
    const key = [searchPostsRoute.operationId, text, type, userId];
    const after = cursor === undefined ? undefined : (await cursors()).open(key, Position, cursor);
    const { items, next } = await index.search({ text, type, userId, limit, after });
    return pageReply(items, next && (await cursors()).seal(key, next), { 'cache-control': 'no-cache' });
  },
);
