import { ownPost } from './access.ts';
import { againstTheLock } from './against-the-lock.ts';
import type { PostRepository } from './post-repository.ts';
import { Refusal } from './refusal.ts';

/** A request to remove one post. */
export interface DeleteRequest {
  postId: string;
  /** Who asks. */
  author: string;
  /** Whether the post may be removed at this version; true for everyone who does not care. */
  accepts: (version: number) => boolean;
}

/**
 * Removes a post.
 * @throws {Refusal} not-found, not-the-author, stale-version, contended
 */
export const deletePost =
  (posts: PostRepository) =>
  async ({ postId, author, accepts }: DeleteRequest): Promise<void> => {
    const found = ownPost(await posts.find(postId), author);
    await againstTheLock(found, async (current) => {
      // Gone between our read and our write: what was asked for has happened.
      if (!current) return;
      if (!accepts(current.version)) throw new Refusal('stale-version');
      await posts.remove(postId, current.version);
    });
  };
