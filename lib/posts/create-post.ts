import type { AuthoredFields, Post } from './post.ts';

/** The first version of a post. */
export const newPost = (postId: string, userId: string, given: AuthoredFields, now: Date): Post => ({
  postId,
  userId,
  ...given,
  timestamp: now.toISOString(),
  updatedAt: now.toISOString(),
  version: 1,
});

/**
 * Stores the first version of a post.
 * @param key the request's `Idempotency-Key`: requests with the same key and fields store one post
 * @returns the post; with `isReplay` as it was first stored by an earlier request, whatever became of it since
 * @throws {PostError} idempotency-key-in-use, idempotency-key-reused
 */
export type CreatePost = (
  post: Post,
  correlationId: string,
  key?: string,
) => Promise<{ post: Post; isReplay: boolean }>;
