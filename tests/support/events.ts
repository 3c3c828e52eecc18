import { ulid } from 'ulid';
import type { PostChange } from '#lib/events/change.ts';
import { type PostEvent, postEventOf } from '#lib/events/post-event.ts';
import type { Post } from '#lib/posts/post.ts';

/** A post at version 1. */
export const aPost = (more: Partial<Post> = {}): Post => {
  const timestamp = new Date().toISOString();
  return {
    postId: ulid(),
    userId: 'ada',
    content: 'A walk along the river',
    type: 'text',
    status: 'published',
    timestamp,
    updatedAt: timestamp,
    version: 1,
    ...more,
  };
};

/** The same post one version on. */
export const changed = (post: Post, more: Partial<Post>): Post => ({
  ...post,
  version: post.version + 1,
  ...more,
});

let count = 0;

/** The event of a change, as the broadcaster tells it. */
export const eventOf = (change: PostChange): PostEvent => {
  count += 1;
  return postEventOf(change, {
    eventId: `event-${count}`,
    occurredAt: new Date().toISOString(),
    correlationId: `request-${count}`,
  });
};
