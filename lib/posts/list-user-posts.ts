import { isVisibleTo } from './access.ts';
import type { Post } from './post.ts';
import type { Page, PostRepository, UserPostsPosition } from './post-repository.ts';

// A page of someone else's posts may have to be picked from among many drafts. After this many reads a short
// page with a cursor is the better answer than a slow full one.
const MAX_READS = 10;

const positionOf = ({ postId, userId, timestamp }: Post): UserPostsPosition => ({
  postId,
  userId,
  timestamp,
});

/** A request for one page of a user's posts. */
export interface ListRequest {
  userId: string;
  /** Who asks; undefined for an anonymous caller. */
  viewer: string | undefined;
  /** The most posts on the page. */
  limit: number;
  after: UserPostsPosition | undefined;
}

/**
 * One page of a user's posts, newest first: all of them for the author, the published ones for everyone else.
 * A page is short only at the end of the list, or behind a long run of posts that `viewer` may not see.
 */
export const listUserPosts =
  (posts: PostRepository) =>
  async ({ userId, viewer, limit, after }: ListRequest): Promise<Page<Post, UserPostsPosition>> => {
    const visible: Post[] = [];
    let position = after;
    for (let reads = 0; reads < MAX_READS; reads += 1) {
      // One more than the page holds tells whether there is another page.
      const { items, next } = await posts.listByUser(userId, limit + 1, position);
      visible.push(...items.filter((post) => isVisibleTo(post, viewer)));
      if (visible.length > limit) {
        const page = visible.slice(0, limit);
        const last = page.at(-1);
        return { items: page, next: last && positionOf(last) };
      }
      if (!next) return { items: visible, next: undefined };
      position = next;
    }
    return { items: visible, next: position };
  };
