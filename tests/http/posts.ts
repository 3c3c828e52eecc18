import { ulid } from 'ulid';
import type { Post } from '#lib/posts/post.ts';
import type { PostRepository } from '#lib/posts/post-repository.ts';

/** Stores a post as a test needs it: published and by ada unless it says otherwise. */
export const givenPost = async (posts: PostRepository, given: Partial<Post> = {}): Promise<Post> => {
  const now = new Date().toISOString();
  const post: Post = {
    postId: ulid(),
    userId: 'ada',
    content: 'Hello',
    type: 'text',
    status: 'published',
    timestamp: now,
    updatedAt: now,
    version: 1,
    ...given,
  };
  await posts.add(post, 'test');
  return post;
};

/** What moderation leaves on a post that it flagged. */
export const flagged = {
  status: 'flagged',
  moderation: { decision: 'flagged', labels: ['PROFANITY'], scores: { PROFANITY: 1 }, reviewedVersion: 1 },
} satisfies Partial<Post>;
