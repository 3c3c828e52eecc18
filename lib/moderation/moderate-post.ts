import type { PostEvent } from '#lib/events/post-event.ts';
import type { Post } from '#lib/posts/post.ts';
import { VersionConflict } from '#lib/posts/post-repository.ts';
import type { ReviewText } from './review.ts';

/** What became of an event: a decision on the version it tells of, or why there was none to make. */
export type ModerationOutcome =
  | { outcome: 'approved' | 'flagged'; labels: string[] }
  | { outcome: 'void'; reason: 'gone' | 'superseded' | 'own decision' };

/** What moderation decided about a post at `moderation.reviewedVersion`. */
export interface Decision extends Pick<Post, 'postId' | 'status' | 'updatedAt'> {
  moderation: NonNullable<Post['moderation']>;
  /** Of the event that it was decided for: the stream hands it on. */
  correlationId: string;
}

/**
 * Writes a decision into its post, as the next version of it. A version that is itself a decision of moderation is not
 * decided about again.
 * @throws {VersionConflict} when the post is at such a version, at another one, or gone
 */
export type WriteDecision = (decision: Decision) => Promise<unknown>;

interface Ports {
  write: WriteDecision;
  review: ReviewText;
  /** Milliseconds of the epoch. */
  now: () => number;
}

/**
 * Reviews the version of a post that an event tells of and writes the decision, provided the post still is at that
 * version: in one conditional write, with nothing read before, because hardly any decision is refused. The condition
 * makes each version's review count exactly once, however often its event comes, and is why no idempotency record
 * is needed. When the post has moved on, its newer version has an event of its own. Without the condition on the
 * decision before, releasing a flagged post would be decided about as a publication, and so on for ever.
 * @throws what the reviewer or the table throws
 */
export const moderatePost =
  ({ write, review, now }: Ports) =>
  async ({ postId, version, content, correlationId }: PostEvent): Promise<ModerationOutcome> => {
    const { decision, labels, scores } = await review(content);
    try {
      await write({
        postId,
        status: decision === 'flagged' ? 'flagged' : 'published',
        moderation: { decision, labels, scores, reviewedVersion: version },
        updatedAt: new Date(now()).toISOString(),
        correlationId,
      });
      return { outcome: decision, labels };
    } catch (error) {
      if (!(error instanceof VersionConflict)) throw error;
      return { outcome: 'void', reason: reasonOf(error, version) };
    }
  };

const reasonOf = ({ current }: VersionConflict, version: number) => {
  if (!current) return 'gone';
  return current.version === version ? 'own decision' : 'superseded';
};
