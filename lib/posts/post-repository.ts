import type { AuthoredFields, Post } from './post.ts';

/** A write lost against the optimistic lock. `current` is the post as it is now, undefined when it is gone. */
export class VersionConflict extends Error {
  override readonly name = 'VersionConflict';
  readonly current: Post | undefined;

  constructor(postId: string, current: Post | undefined) {
    super(`post ${postId} is not at the expected version`);
    this.current = current;
  }
}

/** Where a user's listing goes on: the key of the last item seen in the user index. */
export type UserPostsPosition = Pick<Post, 'postId' | 'userId' | 'timestamp'>;

/** One page of a user's posts; `next` is undefined on the last one. */
export interface UserPostsPage {
  items: Post[];
  /** Items of the table that are no posts, and what is wrong with them: they are left out. */
  unreadable: { postId: string; reason: string }[];
  next: UserPostsPosition | undefined;
}

/**
 * The posts and their optimistic lock. Every write carries the correlation id of the request or event that
 * caused it, so that the stream hands it on to the subscribers.
 */
export interface PostRepository {
  /** The post as of now (strongly consistent), undefined when there is none. @throws when the item is no post */
  find(postId: string): Promise<Post | undefined>;
  /** What decides about a removal, as of now. Of an item that is no post `version` may be NaN. */
  findHeader(postId: string): Promise<{ userId: string; status: string; version: number } | undefined>;
  /**
   * Writes `changes` and the next version into the post at `version`; whatever else the item holds stays as it is.
   * @throws {VersionConflict} when it is at another version or gone
   */
  update(
    postId: string,
    version: number,
    changes: Partial<AuthoredFields> & Pick<Post, 'updatedAt'>,
    correlationId: string,
  ): Promise<void>;
  /**
   * Removes a post of `author`, at `version` only or, when that is undefined, at any.
   * @returns false when it is there, but not as described; true when it is gone
   */
  remove(postId: string, author: string, version: number | undefined): Promise<boolean>;
  /** A user's posts, newest first; `limit` is the page size. */
  listByUser(userId: string, limit: number, after: UserPostsPosition | undefined): Promise<UserPostsPage>;
}
