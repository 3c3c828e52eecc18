import * as z from 'zod';
import { PostId, UserId } from '#lib/posts/post.ts';

export const PostParams = z.strictObject({ postId: PostId });

/** The statuses an author can give; `flagged` is moderation's. */
export const WritableStatus = z.enum(['draft', 'published']);

export const OwnUserId = UserId.optional().describe('If given, it must be the caller: 403 otherwise.');
