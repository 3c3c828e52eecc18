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
 * Stores the first version of a post, under an id that was never used.
 * @param key of the author's request (`Idempotency-Key`): with the same key and the same fields a post is stored once
 * @returns the post; as it was first stored, with `isReplay`, when an earlier request with this key stored it,
 * whatever became of it since
 * @throws {PostError} idempotency-key-in-use, idempotency-key-reused
 */
export type CreatePost = (
  post: Post,
  correlationId: string,
  key?: string,
) => Promise<{ post: Post; isReplay: boolean }>;
