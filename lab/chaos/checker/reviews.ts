import type { Evidence } from '../evidence/evidence.ts';
import { BLOCKED_PHRASE } from '../traffic/story.ts';
import { type Violation, violationsOf } from './violation.ts';

/**
 * A review has an effect when it is written as the version that follows the one it reviewed. No version has two; what is
 * readable in the end was reviewed at the version that its author wrote last, with the decision that the rules give.
 * A version that its author changed before anybody reviewed it has none.
 */
export const everyVersionIsReviewed = ({ changes, posts, poison }: Evidence): Violation[] => {
  const { found, say } = violationsOf('every version is reviewed once');
  const reviewed = new Set<string>();
  for (const { before, after } of changes) {
    const { moderation } = after ?? {};
    if (!after || !moderation || before?.moderation?.reviewedVersion === moderation.reviewedVersion) continue;
    const subject = `${after.postId} version ${moderation.reviewedVersion}`;
    if (reviewed.has(subject)) say(subject, 'one review', 'another review');
    reviewed.add(subject);
    if (moderation.reviewedVersion !== before?.version)
      say(subject, `a review of version ${before?.version}`, `of version ${moderation.reviewedVersion}`);
    if (before && before.moderation?.reviewedVersion === (before.version ?? 0) - 1)
      say(subject, 'no review, being a decision itself', `a review of it, ${moderation.decision}`);
    if (after.content !== before?.content || after.type !== before?.type)
      say(subject, `"${before?.content}"`, `a review that changed it to "${after.content}"`);
    const decision = after.content?.includes(BLOCKED_PHRASE) ? 'flagged' : 'approved';
    if (moderation.decision !== decision) say(subject, decision, moderation.decision);
  }
  for (const { postId, status, version = 0, moderation } of posts) {
    if (status === 'draft' || poison.includes(postId)) continue;
    if (moderation?.reviewedVersion !== version - 1)
      say(
        postId,
        `version ${version} to be the review of version ${version - 1}`,
        moderation ? `the last review is of version ${moderation.reviewedVersion}` : 'no review',
      );
  }
  return found;
};
