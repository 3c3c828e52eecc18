import * as z from '#lib/platform/zod.ts';
import { Post } from '#lib/posts/post.ts';

/** A post as the API shows it. */
export const PostResource = z
  .extend(z.omit(Post, { moderation: true }), {
    moderation: z
      .optional(z.object({ labels: z.array(z.string()) }))
      .check(z.describe('Of a flagged post: why. Only its author ever sees it.')),
  })
  .check(z.meta({ id: 'Post' }));
export type PostResource = z.infer<typeof PostResource>;

export const POST_HEADERS = ['ETag', 'Cache-Control'] as const;
