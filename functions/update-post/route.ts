import * as z from 'zod';
import { IfMatch } from '#lib/http/entity-tag.ts';
import { OwnUserId, PostParams, PostResource } from '#lib/http/post-resource.ts';
import type { Route } from '#lib/http/route.ts';
import { AuthoredFields, UserId } from '#lib/posts/post.ts';

export const route = {
  tag: 'Posts',
  summary: 'Change a post',
  description:
    'A JSON Merge Patch (RFC 7396): fields that are not given stay. Without If-Match the last write wins. ' +
    'A flagged post keeps its status until moderation has looked at an edit.',
  request: z.object({
    userId: UserId,
    params: PostParams,
    headers: z.object({ 'if-match': IfMatch }),
    body: z
      .strictObject(AuthoredFields.exactPartial().shape)
      .extend({ userId: OwnUserId })
      .meta({ id: 'PostEdit', examples: [{ status: 'published' }] }),
  }),
  mediaTypes: ['application/json', 'application/merge-patch+json'],
  answers: {
    200: { description: 'The post as it is now.', body: PostResource, headers: ['ETag', 'Cache-Control'] },
  },
  problems: ['another-user', 'not-found', 'flagged-post', 'write-contention', 'stale-version'],
} as const satisfies Route;
