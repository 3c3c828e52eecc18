import type { Post } from './post.ts';
import { Refusal } from './refusal.ts';

/** Published posts are open to everyone; drafts and flagged posts exist for their author alone. */
export const isVisibleTo = (post: Post, viewer: string | undefined): boolean =>
  post.status === 'published' || post.userId === viewer;

/**
 * @returns the post, when `viewer` may see it
 * @throws {Refusal} not-found, for a missing and for a hidden post alike: an id must not tell which it is
 */
export const visiblePost = (post: Post | undefined, viewer: string | undefined): Post => {
  if (!post || !isVisibleTo(post, viewer)) throw new Refusal('not-found');
  return post;
};

/**
 * @returns the post, when `author` wrote it
 * @throws {Refusal} not-found when he may not even see it, not-the-author otherwise
 */
export const ownPost = (post: Post | undefined, author: string): Post => {
  const visible = visiblePost(post, author);
  if (visible.userId !== author) throw new Refusal('not-the-author');
  return visible;
};
