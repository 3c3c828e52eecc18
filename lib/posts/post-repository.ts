import type { Post } from './post.ts';

/** A write lost against the optimistic lock. `current` is the post as it is now, undefined when it is gone. */
export class VersionConflict extends Error {
  readonly current: Post | undefined;

  constructor(postId: string, current: Post | undefined) {
    super(`post ${postId} is not at the expected version`);
    this.name = 'VersionConflict';
    this.current = current;
  }
}

/** One page of a listing; `next` is the position to go on from, undefined on the last page. */
export interface Page<Item, Position> {
  items: Item[];
  next: Position | undefined;
}

/** Where a user's listing goes on: the key of the last post seen in the user index. */
export interface UserPostsPosition {
  postId: string;
  userId: string;
  timestamp: string;
}

/**
 * The posts and their optimistic lock. Every write carries the correlation id of the request or event that
 * caused it, so that the stream hands it on to the subscribers.
 */
export interface PostRepository {
  /** The post as of now (strongly consistent), undefined when there is none. */
  find(postId: string): Promise<Post | undefined>;
  /** Stores a new post. @throws {VersionConflict} when the id is taken. */
  add(post: Post, correlationId: string): Promise<void>;
  /** Replaces the post at `version - 1`. @throws {VersionConflict} when it is at another version or gone. */
  replace(post: Post, correlationId: string): Promise<void>;
  /** Removes the post at `version`. @throws {VersionConflict} when it is at another version or gone. */
  remove(postId: string, version: number): Promise<void>;
  /** A user's posts, newest first; `limit` is the page size. */
  listByUser(
    userId: string,
    limit: number,
    after: UserPostsPosition | undefined,
  ): Promise<Page<Post, UserPostsPosition>>;
}
