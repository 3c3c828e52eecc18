import type { Post } from '#lib/posts/post.ts';
import { entityTag } from './entity-tag.ts';
import type { Reply } from './reply.ts';
import type { PostResource } from './routes/post-resource.ts';

/** A post as the API shows it: of moderation only why a post was flagged. */
export const postResource = ({ moderation, ...post }: Post): PostResource => ({
  ...post,
  ...(post.status === 'flagged' && moderation && { moderation: { labels: moderation.labels } }),
});

/** A post that was read. What not everyone may see is kept out of shared caches. */
export const postRead = (post: Post, isUnchanged: boolean): Reply => ({
  status: isUnchanged ? 304 : 200,
  headers: {
    etag: entityTag(post.version),
    'cache-control': post.status === 'published' ? 'no-cache' : 'private, no-cache',
    vary: 'Authorization',
  },
  ...(!isUnchanged && { body: postResource(post) }),
});

/** A post that was written. */
export const postWritten = (status: 200 | 201, post: Post): Reply => ({
  status,
  headers: {
    etag: entityTag(post.version),
    'cache-control': 'no-store',
    ...(status === 201 && { location: `/posts/${post.postId}` }),
  },
  body: postResource(post),
});
