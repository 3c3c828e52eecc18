import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { AuthoredFields, type Post } from '#lib/posts/post.ts';

/** What a change of a post means to subscribers. */
export const Change = z.enum([
  'drafted',
  'published',
  'edited',
  'unpublished',
  'flagged',
  'reviewed',
  'removed',
]);
export type Change = z.infer<typeof Change>;

const CHANGE_INTO = { draft: 'drafted', published: 'published', flagged: 'flagged' } as const;

/** A change of one post, as in a record of the table's stream. */
export type PostChange =
  | { eventType: 'INSERT'; after: Post }
  | { eventType: 'MODIFY'; before: Post; after: Post }
  | { eventType: 'REMOVE'; before: Post };

/**
 * Names what happened to a post. A change of status outweighs one of content, because it decides who sees the post. A
 * new moderation decision that left the author's fields alone is a review.
 */
export const describeChange = (change: PostChange): Change => {
  if (change.eventType === 'REMOVE') return 'removed';
  if (change.eventType === 'INSERT') return CHANGE_INTO[change.after.status];

  const { before, after } = change;
  if (before.status !== after.status) {
    return after.status === 'draft' ? 'unpublished' : CHANGE_INTO[after.status];
  }
  const isReview =
    after.moderation?.reviewedVersion !== before.moderation?.reviewedVersion &&
    AuthoredFields.keyof().options.every((field) => isDeepStrictEqual(before[field], after[field]));
  return isReview ? 'reviewed' : 'edited';
};
