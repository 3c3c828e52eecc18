import type { PostEvent } from '#lib/events/post-event.ts';
import type { PostRepository } from '#lib/posts/post-repository.ts';
import { draftReminderOf } from './notification.ts';
import type { Deliveries, DeliverNotification, RecordNotification } from './notify-author.ts';

interface Ports {
  posts: Pick<PostRepository, 'find'>;
  record: RecordNotification;
  deliver: DeliverNotification;
}

/** What became of an event. */
export type RemindOutcome =
  | { outcome: 'reminded' | 'already reminded'; devices: Deliveries }
  | { outcome: 'gone' | 'no draft any more' | 'changed since' };

/**
 * Reminds the author of a draft, once for each version of it, and only when the post still is what the event tells
 * of: a draft that was edited since has an event of its own on its way, with the whole time to wait. The post is read
 * on every attempt, so that neither a late nor a repeated event speaks of what is over.
 */
export const remindOfDraft =
  ({ posts, record, deliver }: Ports) =>
  async (event: PostEvent): Promise<RemindOutcome> => {
    const post = await posts.find(event.postId);
    if (!post) return { outcome: 'gone' };
    if (post.status !== 'draft') return { outcome: 'no draft any more' };
    if (post.version !== event.version) return { outcome: 'changed since' };

    const reminder = draftReminderOf(event);
    const isNew = await record(reminder);
    const devices = await deliver(reminder);
    return { outcome: isNew ? 'reminded' : 'already reminded', devices };
  };
