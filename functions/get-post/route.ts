import * as z from 'zod';
import { IfNoneMatch } from '#lib/http/entity-tag.ts';
import { PostParams, PostResource } from '#lib/http/post-resource.ts';
import type { Route } from '#lib/http/route.ts';
import { UserId } from '#lib/posts/post.ts';

export const route = {
  tag: 'Posts',
  summary: 'Read a post',
  description: 'Published posts are open to everyone. Drafts and flagged posts exist for their author alone.',
  request: z.object({
    userId: UserId.optional(),
    params: PostParams,
    headers: z.object({ 'if-none-match': IfNoneMatch }),
  }),
  answers: {
    200: { description: 'The post.', body: PostResource, headers: ['ETag', 'Cache-Control', 'Vary'] },
    304: {
      description: 'The post is still at the version of If-None-Match.',
      headers: ['ETag', 'Cache-Control', 'Vary'],
    },
  },
  problems: ['not-found'],
} as const satisfies Route;
