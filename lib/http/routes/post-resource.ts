import * as z from 'zod';
import { Post } from '#lib/posts/post.ts';

/** A post as the API shows it. */
export const PostResource = Post.omit({ moderation: true })
  .extend({
    moderation: z
      .object({ labels: z.array(z.string()) })
      .optional()
      .describe('Of a flagged post: why. Only its author ever sees it.'),
  })
  .meta({ id: 'Post' });
export type PostResource = z.infer<typeof PostResource>;

export const POST_HEADERS = ['ETag', 'Cache-Control'] as const;
