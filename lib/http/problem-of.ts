import { type Reason, Refusal } from '#lib/posts/refusal.ts';
import { Problem } from './problem.ts';

const OF_REFUSAL: Record<Reason, () => Problem> = {
  'not-found': () => new Problem('not-found'),
  'not-the-author': () =>
    new Problem('another-user', { detail: 'Only the author may change or remove a post.' }),
  'stale-version': () =>
    new Problem('stale-version', { detail: 'If-Match names another version. Read the post again.' }),
  flagged: () =>
    new Problem('flagged-post', {
      detail: 'Its status is for moderation to change. Edit the content to have it reviewed again.',
    }),
  contended: () => new Problem('write-contention', { headers: { 'retry-after': '1' } }),
};

/**
 * The one place where errors become HTTP. A problem is itself, a refusal of the domain has its problem, and
 * everything else is an internal error whose cause stays on this side.
 */
export const problemOf = (error: unknown): Problem => {
  if (error instanceof Problem) return error;
  if (error instanceof Refusal) return OF_REFUSAL[error.reason]();
  return new Problem('internal-error', { cause: error });
};
