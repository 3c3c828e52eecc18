import * as z from 'zod';
import { Post, PostId, UserId } from '#lib/posts/post.ts';
import { entityTag } from './entity-tag.ts';
import { Problem } from './problem.ts';
import { json, type Response } from './response.ts';

/** A post as the API shows it. */
export const PostResource = Post.extend({
  moderation: z
    .object({ labels: z.array(z.string()) })
    .exactOptional()
    .describe('Of a flagged post: why. Only its author ever sees it.'),
}).meta({ id: 'Post' });
export type PostResource = z.infer<typeof PostResource>;

export const PostParams = z.strictObject({ postId: PostId });

/** An author may name themselves in a body. */
export const OwnUserId = UserId.exactOptional().describe('If given, it must be the caller: 403 otherwise.');

/** @throws {Problem} another-user, when a body names someone else than the caller */
export const assertOwn = (named: string | undefined, caller: string): void => {
  if (named !== undefined && named !== caller) {
    throw new Problem('another-user', { detail: 'userId must be the caller or be left out.' });
  }
};

export const postResource = ({ moderation, ...post }: Post): PostResource => ({
  ...post,
  ...(post.status === 'flagged' && moderation && { moderation: { labels: moderation.labels } }),
});

export const postWritten = (
  statusCode: 200 | 201,
  post: Post,
  headers: Record<string, string> = {},
): Response =>
  json(statusCode, postResource(post), {
    etag: entityTag(post.version),
    'cache-control': 'no-store',
    ...headers,
  });
