import type { Post } from './post.ts';
import { type PostRepository, VersionConflict } from './post-repository.ts';

/** What an author decides about a new post. */
export type NewPost = Pick<Post, 'postId' | 'userId' | 'content' | 'type'> & {
  status: Exclude<Post['status'], 'flagged'>;
};

/** The first version of a post. */
export const newPost = (given: NewPost, now: Date): Post => ({
  ...given,
  timestamp: now.toISOString(),
  updatedAt: now.toISOString(),
  version: 1,
});

/**
 * Stores a new post.
 * @returns the post; the one that is stored already when this very post was written before, by a retry whose
 * first try arrived after all or by a request that was cut off after its write
 * @throws {VersionConflict} when another author's post has the id
 */
export const createPost =
  (posts: PostRepository) =>
  async (post: Post, correlationId: string): Promise<Post> => {
    try {
      await posts.add(post, correlationId);
      return post;
    } catch (error) {
      if (!(error instanceof VersionConflict) || error.current?.userId !== post.userId) throw error;
      return error.current;
    }
  };
