import * as z from '#lib/platform/zod.ts';
import { UserId } from '#lib/posts/user-id.ts';
import { Cursor } from '../cursor.ts';
import { ENDPOINTS } from '../endpoints.ts';
import { anything, defineRoute, noBody, optional } from '../route.ts';
import { Limit, NextCursor } from './page.ts';
import { PostResource } from './post-resource.ts';

export const PostPage = z
  .object({ items: z.array(PostResource), nextCursor: NextCursor })
  .check(z.meta({ id: 'PostPage' }));

export const listUserPostsRoute = defineRoute({
  operationId: 'listUserPosts',
  ...ENDPOINTS.listUserPosts,
  tag: 'Posts',
  summary: "List a user's posts, newest first",
  description:
    'All of them for the author, the published ones for everyone else. A page can be shorter than `limit`; ' +
    'only a page without `nextCursor` is the last.',
  auth: optional,
  params: z.strictObject({ userId: UserId }),
  query: z.strictObject({ limit: Limit, cursor: z.optional(Cursor) }),
  headers: anything,
  body: noBody,
  mediaTypes: [],
  answers: {
    200: { description: 'One page.', body: PostPage, headers: ['Cache-Control', 'Vary'] },
  },
  problems: [],
});
