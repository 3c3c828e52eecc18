import { assertVersion, ownPost } from './access.ts';
import { PostError } from './post-error.ts';
import type { PostRepository } from './post-repository.ts';

/** A request to remove one post. */
export interface DeleteRequest {
  postId: string;
  /** Who asks. */
  author: string;
  /** The versions at which the post may be removed; any, if undefined. */
  versions: readonly number[] | undefined;
}

/**
 * Removes a post, also one that cannot be read any more. When it goes between our read and our write, what was asked
 * for has happened.
 * @throws {PostError} not-found, another-user, stale-version
 */
export const deletePost =
  (posts: Pick<PostRepository, 'findHeader' | 'remove'>) =>
  async ({ postId, author, versions }: DeleteRequest): Promise<void> => {
    const { version } = ownPost(await posts.findHeader(postId), author);
    assertVersion(version, versions);
    const isGone = await posts.remove(postId, author, versions && version);
    if (!isGone) throw new PostError('stale-version');
  };
