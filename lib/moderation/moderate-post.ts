import type { PostEvent } from '#lib/events/post-event.ts';
import type { Post } from '#lib/posts/post.ts';
import { type PostRepository, VersionConflict } from '#lib/posts/post-repository.ts';
import type { Review, ReviewText } from './review.ts';

/** What became of an event: a decision on the version it tells of, or why there was none to make. */
export type ModerationOutcome =
  | { outcome: 'approved' | 'flagged'; labels: string[] }
  | { outcome: 'void'; reason: 'gone' | 'superseded' | 'own decision' | 'changed during review' };

interface Ports {
  posts: PostRepository;
  review: ReviewText;
  /** Milliseconds of the epoch. */
  now: () => number;
}

/**
 * Reviews the post an event tells of and writes the decision, provided the post still is at the event's version.
 * The version condition makes each version's review count exactly once, however often its event comes, and is why
 * no idempotency record is needed. When the post has moved on, its newer version has an event of its own.
 * @throws what the reviewer or the table throws
 */
export const moderatePost =
  ({ posts, review, now }: Ports) =>
  async (event: PostEvent): Promise<ModerationOutcome> => {
    const post = await posts.find(event.postId);
    if (!post) return { outcome: 'void', reason: 'gone' };
    if (post.version !== event.version) return { outcome: 'void', reason: 'superseded' };
    if (isOwnDecision(post)) return { outcome: 'void', reason: 'own decision' };

    const result = await review(post.content);
    try {
      await posts.replace(decided(post, result, now()), event.correlationId);
    } catch (error) {
      if (error instanceof VersionConflict) return { outcome: 'void', reason: 'changed during review' };
      throw error;
    }
    return { outcome: result.decision, labels: result.labels };
  };

/** Without this, releasing a flagged post would be reviewed as a publication, and so on for ever. */
const isOwnDecision = ({ version, moderation }: Post): boolean => moderation?.reviewedVersion === version - 1;

const decided = (post: Post, { decision, labels, scores }: Review, now: number): Post => ({
  ...post,
  status: decision === 'flagged' ? 'flagged' : 'published',
  moderation: { decision, labels, scores, reviewedVersion: post.version },
  updatedAt: new Date(now).toISOString(),
  version: post.version + 1,
});
