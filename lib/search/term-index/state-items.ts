import * as z from 'zod';
import { PostId, PostType, UserId } from '#lib/posts/post.ts';
import type { PostState } from './state.ts';

const Generation = z.object({ id: z.string(), words: z.array(z.string()) });

/** A post's state as the table holds it. */
export const StateItem = z.object({
  postId: PostId,
  userId: UserId,
  type: PostType,
  timestamp: z.string(),
  content: z.string(),
  version: z.int(),
  visible: z.boolean(),
  removed: z.boolean(),
  generation: Generation.optional(),
  obsolete: Generation.optional(),
  expiresAt: z.int().optional(),
}) satisfies z.ZodType<PostState>;

/** The key of a post's state. */
export const stateKey = (postId: string) => ({ pk: `post#${postId}`, sk: 'state' });
