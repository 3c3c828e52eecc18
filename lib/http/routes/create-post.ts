import * as z from '#lib/platform/zod.ts';
import { PostContent, PostType } from '#lib/posts/post.ts';
import { ENDPOINTS } from '../endpoints.ts';
import { IdempotencyKey } from '../idempotency-key.ts';
import { defineRoute, nothing, required } from '../route.ts';
import { OwnUserId, WritableStatus } from './post-parameters.ts';
import { PostResource } from './post-resource.ts';

const NewPostBody = z
  .strictObject({
    content: PostContent,
    type: z._default(PostType, 'text'),
    status: z._default(WritableStatus, 'draft'),
    userId: OwnUserId,
  })
  .check(
    z.meta({
      id: 'NewPost',
      examples: [{ content: 'Sunrise over the harbour', type: 'photo', status: 'published' }],
    }),
  );

export const createPostRoute = defineRoute({
  operationId: 'createPost',
  ...ENDPOINTS.createPost,
  tag: 'Posts',
  summary: 'Create a post',
  description: 'The author is the caller. A post is a draft unless `status` says `published`.',
  auth: required,
  params: nothing,
  query: nothing,
  headers: z.object({ 'idempotency-key': z.optional(IdempotencyKey) }),
  body: NewPostBody,
  mediaTypes: ['application/json'],
  answers: {
    201: {
      description: 'The post as created.',
      body: PostResource,
      headers: ['Location', 'ETag', 'Cache-Control'],
    },
  },
  problems: ['another-user', 'idempotency-key-in-use', 'idempotency-key-reused'],
});
