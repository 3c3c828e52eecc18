import type { PostEvent } from '#lib/events/post-event.ts';
import type { Post } from '#lib/posts/post.ts';
import { VersionConflict } from '#lib/posts/post-repository.ts';
import type { Review, ReviewText } from './review.ts';

/** What moderation decided about a post at `moderation.reviewedVersion`. */
export interface Decision extends Pick<Post, 'postId' | 'status' | 'updatedAt'> {
  moderation: NonNullable<Post['moderation']>;
  /** Of the event that it was decided for: the stream hands it on. */
  correlationId: string;
}

/**
 * Writes a decision into its post, as the next version of it.
 * - `at-reviewed-version`: when the post is at the version that was reviewed, and that is not a decision itself
 * - `while-published`: at whatever version it is
 * @throws {VersionConflict} when the post is not so, or gone
 */
export type WriteDecision = (
  decision: Decision,
  when: 'at-reviewed-version' | 'while-published',
) => Promise<void>;

/** What became of an event: a decision, or why there was none to make. */
export type ModerationOutcome =
  | { outcome: 'approved' | 'flagged'; labels: string[] }
  | { outcome: 'undecided'; reason: 'gone' | 'decided already' | 'withdrawn' | 'superseded' };

interface Ports {
  write: WriteDecision;
  review: ReviewText;
  /** Milliseconds of the epoch. */
  now: () => number;
}

// An author whose edits win this often in a row, each within milliseconds, is outrunning moderation.
const MAX_REVIEWS = 5;

/**
 * Reviews the version of a post that an event tells of and writes the decision, provided the post still is at that
 * version: in one conditional write, with nothing read before, because hardly any decision is refused. The condition
 * makes each review count exactly once, however often its event comes, and is why no idempotency record is needed.
 *
 * When the post has moved on, what stands now is reviewed instead, so that nobody keeps a post public by editing it
 * faster than it is reviewed. A draft is left alone: publishing it again brings an event. When five reviews have been
 * overtaken and one of them flagged the post, it is taken down as it stands; the event of its newest version has it
 * reviewed again, and put back if it is good.
 *
 * A version that is itself a decision is not decided about: releasing a flagged post would be taken for a publication,
 * and so on for ever.
 * @throws what the reviewer or the table throws
 */
export const moderatePost =
  ({ write, review, now }: Ports) =>
  async ({ postId, correlationId, ...event }: PostEvent): Promise<ModerationOutcome> => {
    const decisionOf = (found: Review, reviewedVersion: number): Decision => ({
      postId,
      status: found.decision === 'flagged' ? 'flagged' : 'published',
      moderation: { ...found, reviewedVersion },
      updatedAt: new Date(now()).toISOString(),
      correlationId,
    });

    let standing: Pick<Post, 'version' | 'content'> = event;
    let flagged: Decision | undefined;
    for (let reviews = 0; reviews < MAX_REVIEWS; reviews += 1) {
      const found = await review(standing.content);
      const decision = decisionOf(found, standing.version);
      if (found.decision === 'flagged') flagged = decision;

      const conflict = await write(decision, 'at-reviewed-version').catch(orVersionConflict);
      if (!conflict) return { outcome: found.decision, labels: found.labels };
      const { current } = conflict;
      if (!current) return { outcome: 'undecided', reason: 'gone' };
      if (isDecision(current)) return { outcome: 'undecided', reason: 'decided already' };
      if (current.status === 'draft') return { outcome: 'undecided', reason: 'withdrawn' };
      standing = current;
    }
    const conflict = flagged && (await write(flagged, 'while-published').catch(orVersionConflict));
    return !flagged || conflict
      ? { outcome: 'undecided', reason: 'superseded' }
      : { outcome: 'flagged', labels: flagged.moderation.labels };
  };

/** Whether a version of a post is a decision of moderation about the version before it. */
const isDecision = ({ version, moderation }: Post): boolean => moderation?.reviewedVersion === version - 1;

const orVersionConflict = (error: unknown): VersionConflict => {
  if (error instanceof VersionConflict) return error;
  throw error;
};
