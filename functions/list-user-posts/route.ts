import * as z from 'zod';
import { Cursor, Limit, NextCursor } from '#lib/http/page.ts';
import { PostResource } from '#lib/http/post-resource.ts';
import type { Route } from '#lib/http/route.ts';
import { UserId } from '#lib/posts/post.ts';

export const PostPage = z
  .object({ items: z.array(PostResource), nextCursor: NextCursor })
  .meta({ id: 'PostPage' });

export const route = {
  tag: 'Posts',
  summary: "List a user's posts, newest first",
  description:
    'All of them for the author, the published ones for everyone else. A page can be shorter than `limit`; ' +
    'only a page without `nextCursor` is the last.',
  request: z.object({
    userId: UserId.optional(),
    params: z.strictObject({ userId: UserId }),
    query: z.strictObject({ limit: Limit, cursor: Cursor }),
  }),
  answers: { 200: { description: 'One page.', body: PostPage, headers: ['Cache-Control', 'Vary'] } },
} as const satisfies Route;
