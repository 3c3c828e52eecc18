import * as z from 'zod';
import { OwnUserId, PostResource } from '#lib/http/post-resource.ts';
import type { Route } from '#lib/http/route.ts';
import { AuthoredFields, UserId } from '#lib/posts/post.ts';

/**
 * The quoted string of the IETF draft, or bare as most clients send it: both spellings are the same key.
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header
 */
const IdempotencyKey = z
  .string()
  .regex(
    /^(?:"[\x20\x21\x23-\x5b\x5d-\x7e]{1,255}"|[\x21\x23-\x2b\x2d-\x7e]{1,255})$/,
    'must be 1 to 255 printable ASCII characters',
  )
  .transform((key) => key.replace(/^"(.*)"$/, '$1'))
  .exactOptional()
  .describe('The same key and body within 24 hours give the first answer again, and nothing is done twice.');

const { type, status } = AuthoredFields.shape;

export const route = {
  tag: 'Posts',
  summary: 'Create a post',
  description: 'The author is the caller. A post is a draft unless `status` says `published`.',
  request: z.object({
    userId: UserId,
    headers: z.object({ 'idempotency-key': IdempotencyKey }),
    body: z
      .strictObject(AuthoredFields.shape)
      .extend({ type: type.default('text'), status: status.default('draft'), userId: OwnUserId })
      .meta({
        id: 'NewPost',
        examples: [{ content: 'Sunrise over the harbour', type: 'photo', status: 'published' }],
      }),
  }),
  answers: {
    201: {
      description: 'The post as created.',
      body: PostResource,
      headers: ['Location', 'ETag', 'Cache-Control'],
    },
  },
  problems: ['another-user', 'idempotency-key-in-use', 'idempotency-key-reused'],
} as const satisfies Route;
