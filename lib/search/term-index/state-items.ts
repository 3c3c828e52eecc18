import * as z from '#lib/platform/zod.ts';
import { PostId, PostType } from '#lib/posts/post.ts';
import { UserId } from '#lib/posts/user-id.ts';
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
  generation: z.optional(Generation),
  obsolete: z.optional(Generation),
  expiresAt: z.optional(z.int()),
}) satisfies z.ZodMiniType<PostState>;

/** The key of a post's state. */
export const stateKey = (postId: string) => ({ pk: `post#${postId}`, sk: 'state' });
