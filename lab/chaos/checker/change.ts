import type { ChangeRecord, PostImage } from '../evidence/evidence.ts';

/**
 * What a change means, said anew here and on purpose not taken from lib/events: the checker must not make the mistakes
 * of what it checks.
 */
export const meaningOf = ({ before, after }: ChangeRecord): string => {
  if (!after) return 'removed';
  const became: Record<string, string> = { draft: 'drafted', published: 'published', flagged: 'flagged' };
  if (!before) return became[after.status ?? ''] ?? 'none';
  if (before.status !== after.status)
    return after.status === 'draft' ? 'unpublished' : (became[after.status ?? ''] ?? 'none');
  const isReview = before.moderation?.reviewedVersion !== after.moderation?.reviewedVersion;
  return isReview && before.content === after.content && before.type === after.type ? 'reviewed' : 'edited';
};

/** The post that an event tells of, at the version that it tells. */
export const toldBy = ({ before, after }: ChangeRecord): PostImage =>
  after ?? { ...before, postId: before?.postId ?? '', version: (before?.version ?? 0) + 1 };

/** The attributes that an event carries for filter policies. */
export const attributesOf = (change: ChangeRecord): Record<string, string> => ({
  eventType: change.after ? (change.before ? 'MODIFY' : 'INSERT') : 'REMOVE',
  contentType: toldBy(change).type ?? '',
  status: toldBy(change).status ?? '',
  change: meaningOf(change),
});

/** Whether a filter policy of plain values, or of `exists`, lets attributes pass. @throws for what it does not know */
export const passes = (policy: unknown, attributes: Readonly<Record<string, string>>): boolean => {
  if (policy === undefined) return true;
  return Object.entries(Object(policy)).every(([name, conditions]) => {
    if (!Array.isArray(conditions)) throw new Error(`the checker cannot read the policy of ${name}`);
    return conditions.some((condition: unknown) => {
      if (typeof condition === 'string') return attributes[name] === condition;
      if (typeof condition === 'object' && condition !== null && 'exists' in condition)
        return condition.exists === (attributes[name] !== undefined);
      throw new Error(`the checker cannot read ${JSON.stringify(condition)}`);
    });
  });
};
