import * as z from '#lib/platform/zod.ts';
import { PostId } from '#lib/posts/post.ts';
import { UserId } from '#lib/posts/user-id.ts';

export const PostParams = z.strictObject({ postId: PostId });

/** The statuses an author can give; `flagged` is moderation's. */
export const WritableStatus = z.enum(['draft', 'published']);

export const OwnUserId = z
  .optional(UserId)
  .check(z.describe('If given, it must be the caller: 403 otherwise.'));
