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

/** The position from which a user's list continues. */
export type UserPostsPosition = Pick<Post, 'postId' | 'userId' | 'timestamp'>;

/** `next` is undefined on the last page. */
export interface UserPostsPage {
  items: Post[];
  /** Items that break the schema, and how. */
  unreadable: { postId: string; reason: string }[];
  next: UserPostsPosition | undefined;
}

/** The posts, with an optimistic lock by version. Writes carry a correlation id, which the stream hands on. */
export interface PostRepository {
  /** Strongly consistent. @throws when the item breaks the schema */
  find(postId: string): Promise<Post | undefined>;
  /** What decides about a removal, also of an item that breaks the schema: then `version` may be NaN. */
  findHeader(postId: string): Promise<{ userId: string; status: string; version: number } | undefined>;
  /** Updates `changes` and the version. @throws {VersionConflict} when the post is not at `version`, or gone */
  update(
    postId: string,
    version: number,
    changes: Partial<AuthoredFields> & Pick<Post, 'updatedAt'>,
    correlationId: string,
  ): Promise<void>;
  /** @returns false when it is there, but of another author or at another version; true when it is gone */
  remove(postId: string, author: string, version: number | undefined): Promise<boolean>;
  /** Newest first. */
  listByUser(userId: string, limit: number, after: UserPostsPosition | undefined): Promise<UserPostsPage>;
}
