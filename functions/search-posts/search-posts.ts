import * as z from 'zod';
import { api } from '#lib/http/api.ts';
import { cursorsOf } from '#lib/http/page.ts';
import { json } from '#lib/http/response.ts';
import { secretReader } from '#lib/platform/aws/secrets-manager.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { Post } from '#lib/posts/post.ts';
import type { SearchIndexReader } from '#lib/search/search-index.ts';
import { route } from './route.ts';

const { CURSOR_KEY_ARN } = readConfig(z.object({ CURSOR_KEY_ARN: requiredText }));
const cursors = cursorsOf(Post.pick({ postId: true, timestamp: true }), secretReader(CURSOR_KEY_ARN));

/** GET /posts/search */
export const searchPosts = (index: SearchIndexReader) =>
  api(route, async ({ query: { q: text, type, userId, limit, cursor } }) => {
    const query = ['searchPosts', text, type, userId];
    const after = await cursors.open(query, cursor);
    const { items, next } = await index.search({ text, type, userId, limit, after });
    const nextCursor = await cursors.seal(query, next);
    return json(200, { items, nextCursor }, { 'cache-control': 'no-cache' });
  });
