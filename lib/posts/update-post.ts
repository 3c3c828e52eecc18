import { isDeepStrictEqual } from 'node:util';
import { assertVersion, ownPost } from './access.ts';
import type { AuthoredFields, Post } from './post.ts';
import { PostError } from './post-error.ts';
import { type PostRepository, VersionConflict } from './post-repository.ts';

const MAX_ATTEMPTS = 10;

export interface UpdateRequest {
  postId: string;
  /** Who asks. */
  author: string;
  /** What is left out stays as it is. */
  edit: Partial<AuthoredFields>;
  /** The versions at which the post may be changed; any, if undefined. */
  versions: readonly number[] | undefined;
  correlationId: string;
}

/**
 * Changes a post. Of two edits without a version the later one wins, field by field. A flagged post may be reworded, but
 * stays flagged until moderation has reviewed it.
 * @returns the post as it is now; nothing is written when it already was so
 * @throws {PostError} not-found, another-user, stale-version, flagged-post, write-contention
 */
export const updatePost =
  (posts: PostRepository, now: () => Date) =>
  async ({ postId, author, edit, versions, correlationId }: UpdateRequest): Promise<Post> => {
    let current = await posts.find(postId);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const post = ownPost(current, author);
      assertVersion(post.version, versions);
      if (post.status === 'flagged' && edit.status) throw new PostError('flagged-post');
      if (isDeepStrictEqual({ ...post, ...edit }, post)) return post;

      const changes = { ...edit, updatedAt: now().toISOString() };
      const edited: Post = { ...post, ...changes, version: post.version + 1 };
      try {
        await posts.update(postId, post.version, changes, correlationId);
        return edited;
      } catch (error) {
        if (!(error instanceof VersionConflict)) throw error;
        // The SDK retries a write whose answer was lost; then the lock refuses our own, successful write.
        if (isDeepStrictEqual(error.current, edited)) return edited;
        current = error.current;
      }
    }
    throw new PostError('write-contention');
  };
