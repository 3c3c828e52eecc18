import * as z from 'zod';
import { IfMatch } from '#lib/http/entity-tag.ts';
import { PostParams } from '#lib/http/post-resource.ts';
import type { Route } from '#lib/http/route.ts';
import { UserId } from '#lib/posts/post.ts';

export const route = {
  tag: 'Posts',
  summary: 'Remove a post',
  description: 'Removing it again answers 404: there is nothing left to remove.',
  request: z.object({
    userId: UserId,
    params: PostParams,
    headers: z.object({ 'if-match': IfMatch }),
  }),
  answers: { 204: { description: 'The post is gone.' } },
  problems: ['another-user', 'not-found', 'stale-version'],
} as const satisfies Route;
