import * as z from '#lib/platform/zod.ts';
import { ENDPOINTS } from '../endpoints.ts';
import { IfNoneMatch } from '../entity-tag.ts';
import { defineRoute, noBody, nothing, optional } from '../route.ts';
import { PostParams } from './post-parameters.ts';
import { POST_HEADERS, PostResource } from './post-resource.ts';

export const getPostRoute = defineRoute({
  operationId: 'getPost',
  ...ENDPOINTS.getPost,
  tag: 'Posts',
  summary: 'Read a post',
  description: 'Published posts are open to everyone. Drafts and flagged posts exist for their author alone.',
  auth: optional,
  params: PostParams,
  query: nothing,
  headers: z.object({ 'if-none-match': z.optional(IfNoneMatch) }),
  body: noBody,
  mediaTypes: [],
  answers: {
    200: { description: 'The post.', body: PostResource, headers: [...POST_HEADERS, 'Vary'] },
    304: {
      description: 'The post is still at the version of If-None-Match.',
      headers: [...POST_HEADERS, 'Vary'],
    },
  },
  problems: ['not-found'],
});
