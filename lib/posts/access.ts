import { PostError } from './post-error.ts';

export interface Owned {
  userId: string;
  status: string;
}

/** Published posts are open to everyone; drafts and flagged posts exist for their author alone. */
export const isVisibleTo = ({ status, userId }: Owned, viewer: string | undefined): boolean =>
  status === 'published' || userId === viewer;

/**
 * @returns the post, when `viewer` may see it
 * @throws {PostError} not-found, for a missing and for a hidden post: the response must not reveal which
 */
export const visiblePost = <Seen extends Owned>(post: Seen | undefined, viewer: string | undefined): Seen => {
  if (!post || !isVisibleTo(post, viewer)) throw new PostError('not-found');
  return post;
};

/**
 * @returns the post, when `author` wrote it
 * @throws {PostError} not-found when it is not even visible, another-user otherwise
 */
export const ownPost = <Seen extends Owned>(post: Seen | undefined, author: string): Seen => {
  const visible = visiblePost(post, author);
  if (visible.userId !== author) throw new PostError('another-user');
  return visible;
};

/** @throws {PostError} stale-version, unless the caller named this version, or none at all (undefined) */
export const assertVersion = (current: number, versions: readonly number[] | undefined): void => {
  if (versions && !versions.includes(current)) throw new PostError('stale-version');
};
