import { isVisibleTo } from './access.ts';
import type { PostRepository, UserPostsPage, UserPostsPosition } from './post-repository.ts';

// Published posts may have to be picked from among many drafts: then a short page is better than a slow one.
const MAX_READS = 10;

export interface ListRequest {
  userId: string;
  /** Undefined for an anonymous caller. */
  viewer: string | undefined;
  limit: number;
  after: UserPostsPosition | undefined;
}

/** One page of a user's posts, newest first: all of them for the author, the published ones for everyone else. */
export const listUserPosts =
  (posts: Pick<PostRepository, 'listByUser'>) =>
  async ({ userId, viewer, limit, after }: ListRequest): Promise<UserPostsPage> => {
    const found: UserPostsPage = { items: [], unreadable: [], next: after };
    for (let reads = 0; reads < MAX_READS; reads += 1) {
      // One item more than the page shows whether there is another page.
      const { items, unreadable, next } = await posts.listByUser(userId, limit + 1, found.next);
      found.items.push(...items.filter((post) => isVisibleTo(post, viewer)));
      found.unreadable.push(...unreadable);
      found.next = next;
      const last = found.items[limit - 1];
      if (last && found.items.length > limit) {
        const { postId, timestamp } = last;
        return { ...found, items: found.items.slice(0, limit), next: { postId, userId, timestamp } };
      }
      if (!next) break;
    }
    return found;
  };
