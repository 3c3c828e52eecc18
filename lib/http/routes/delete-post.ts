import * as z from '#lib/platform/zod.ts';
import { ENDPOINTS } from '../endpoints.ts';
import { IfMatch } from '../entity-tag.ts';
import { defineRoute, noBody, nothing, required } from '../route.ts';
import { PostParams } from './post-parameters.ts';

export const deletePostRoute = defineRoute({
  operationId: 'deletePost',
  ...ENDPOINTS.deletePost,
  tag: 'Posts',
  summary: 'Remove a post',
  description: 'Removing it again answers 404: there is nothing left to remove.',
  auth: required,
  params: PostParams,
  query: nothing,
  headers: z.object({ 'if-match': z.optional(IfMatch) }),
  body: noBody,
  mediaTypes: [],
  answers: { 204: { description: 'The post is gone.' } },
  problems: ['another-user', 'not-found', 'write-contention', 'stale-version'],
});
