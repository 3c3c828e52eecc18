import { isDeepStrictEqual } from 'node:util';
import { ownPost } from './access.ts';
import { againstTheLock } from './against-the-lock.ts';
import type { Post } from './post.ts';
import { type PostRepository, VersionConflict } from './post-repository.ts';
import { Refusal } from './refusal.ts';

/** What an author may change; what is undefined stays. */
export interface PostEdit {
  content?: Post['content'] | undefined;
  type?: Post['type'] | undefined;
  status?: Exclude<Post['status'], 'flagged'> | undefined;
}

/**
 * The post after an edit, one version on; the same object when the edit changes nothing. A flagged post may be
 * reworded, which moderation will look at, but it stays flagged until moderation lifts it.
 * @throws {Refusal} flagged when the edit gives a flagged post a status of its own
 */
export const edited = (post: Post, edit: PostEdit, now: Date): Post => {
  if (post.status === 'flagged' && edit.status) throw new Refusal('flagged');
  const { content = post.content, type = post.type, status = post.status } = edit;
  if (content === post.content && type === post.type && status === post.status) return post;
  return { ...post, content, type, status, version: post.version + 1, updatedAt: now.toISOString() };
};

/** A request to change one post. */
export interface UpdateRequest {
  postId: string;
  /** Who asks. */
  author: string;
  edit: PostEdit;
  /** Whether the post may be changed at this version; true for everyone who does not care. */
  accepts: (version: number) => boolean;
  correlationId: string;
}

/**
 * Changes a post. Of two edits that do not name a version the later one wins, field by field.
 * @returns the post as it is now; nothing is written when it already was so
 * @throws {Refusal} not-found, not-the-author, stale-version, flagged, contended
 */
export const updatePost =
  (posts: PostRepository, now: () => Date) =>
  async ({ postId, author, edit, accepts, correlationId }: UpdateRequest): Promise<Post> =>
    againstTheLock(await posts.find(postId), async (current) => {
      const post = ownPost(current, author);
      if (!accepts(post.version)) throw new Refusal('stale-version');
      const next = edited(post, edit, now());
      if (next === post) return post;
      await posts.replace(next, correlationId).catch((error: unknown) => {
        // The client retries a write whose answer was lost; then the lock refuses our own, successful write.
        const isOurs = error instanceof VersionConflict && isDeepStrictEqual(error.current, next);
        if (!isOurs) throw error;
      });
      return next;
    });
