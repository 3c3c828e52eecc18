import type { PostEvent } from '#lib/events/post-event.ts';
import type { Moderation, Post } from '#lib/posts/post.ts';
import { VersionConflict } from '#lib/posts/post-repository.ts';

/** `scores` maps each label to its confidence, 0 to 1. */
export type Review = Omit<Moderation, 'reviewedVersion'>;

/** @throws when it cannot tell: the post is then reviewed later */
export type ReviewText = (text: string) => Promise<Review>;

/** What moderation decided about a post at `moderation.reviewedVersion`. */
export interface Decision extends Pick<Post, 'postId' | 'status' | 'updatedAt'> {
  moderation: Moderation;
  correlationId: string;
}

/**
 * Writes a decision into its post, as the post's next version.
 * - `at-reviewed-version`: when the post is at the version that was reviewed, and that is not a decision itself
 * - `while-published`: at whatever version it is
 * @throws {VersionConflict} when the post is not so, or gone
 */
export type WriteDecision = (
  decision: Decision,
  when: 'at-reviewed-version' | 'while-published',
) => Promise<void>;

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
 * Reviews the version of a post that an event carries and writes the decision in one conditional write, which is
 * refused when the post has a later version. So each review counts exactly once, however often its event is delivered.
 *
 * Then the current version is reviewed instead, so that nobody keeps a post public by editing it faster than it is
 * reviewed. When five reviews in a row have been overtaken, a post that one of them flagged is taken down as it stands;
 * its newest version has an event of its own, which puts it back if it is good.
 *
 * A version that is a decision itself is not reviewed: releasing a flagged post looks like a publication.
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

/** Whether this version of a post was written by moderation. */
const isDecision = ({ version, moderation }: Post): boolean => moderation?.reviewedVersion === version - 1;

const orVersionConflict = (error: unknown): VersionConflict => {
  if (error instanceof VersionConflict) return error;
  throw error;
};
