import * as z from '#lib/platform/zod.ts';
import { PostContent, PostType } from '#lib/posts/post.ts';
import { ENDPOINTS } from '../endpoints.ts';
import { IfMatch } from '../entity-tag.ts';
import { defineRoute, nothing, required } from '../route.ts';
import { OwnUserId, PostParams, WritableStatus } from './post-parameters.ts';
import { POST_HEADERS, PostResource } from './post-resource.ts';

const PostEditBody = z
  .strictObject({
    content: z.optional(PostContent),
    type: z.optional(PostType),
    status: z.optional(WritableStatus),
    userId: OwnUserId,
  })
  .check(z.meta({ id: 'PostEdit', examples: [{ status: 'published' }] }));

export const updatePostRoute = defineRoute({
  operationId: 'updatePost',
  ...ENDPOINTS.updatePost,
  tag: 'Posts',
  summary: 'Change a post',
  description:
    'A JSON Merge Patch (RFC 7396): fields that are not given stay. Without If-Match the last write wins. ' +
    'A flagged post keeps its status until moderation has looked at an edit.',
  auth: required,
  params: PostParams,
  query: nothing,
  headers: z.object({ 'if-match': z.optional(IfMatch) }),
  body: PostEditBody,
  mediaTypes: ['application/json', 'application/merge-patch+json'],
  answers: { 200: { description: 'The post as it is now.', body: PostResource, headers: POST_HEADERS } },
  problems: ['another-user', 'not-found', 'flagged-post', 'write-contention', 'stale-version'],
});
