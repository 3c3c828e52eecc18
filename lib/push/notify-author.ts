import type { PostEvent } from '#lib/events/post-event.ts';
import type { PostRepository } from '#lib/posts/post-repository.ts';
import { type Notification, notificationOf } from './notification.ts';
import type { SendOutcome } from './send-to-device.ts';

/** Keeps what users were told. @returns false when it is already there, so that telling twice records once */
export type RecordNotification = (notification: Notification) => Promise<boolean>;

/** To how many devices a notification went, by what became of it there. */
export type Deliveries = Readonly<Record<SendOutcome, number>>;

/**
 * Brings a notification to the user's devices; safe to call again for those it already reached.
 * @throws {RetryLater} when some device has to be tried again
 */
export type DeliverNotification = (notification: Notification) => Promise<Deliveries>;

interface Ports {
  posts: Pick<PostRepository, 'find'>;
  record: RecordNotification;
  deliver: DeliverNotification;
}

/** What became of an event. */
export type NotifyOutcome =
  | { outcome: 'notified' | 'already recorded'; devices: Deliveries }
  | { outcome: 'nothing to tell' };

/**
 * Tells the author what became of the post. Recording is a conditional write on an id made of post and version, so
 * no idempotency record is needed for it. Delivery comes after, also for what is already recorded: an
 * earlier attempt may have ended in between.
 */
export const notifyAuthor =
  ({ posts, record, deliver }: Ports) =>
  async (event: PostEvent): Promise<NotifyOutcome> => {
    const labels = event.change === 'flagged' ? await labelsOf(posts, event) : [];
    const notification = notificationOf(event, labels);
    if (!notification) return { outcome: 'nothing to tell' };

    const isNew = await record(notification);
    const devices = await deliver(notification);
    return { outcome: isNew ? 'notified' : 'already recorded', devices };
  };

/** Known only while the post still carries the decision that the event tells of. */
const labelsOf = async (posts: Ports['posts'], event: PostEvent): Promise<string[]> => {
  const post = await posts.find(event.postId);
  return post?.moderation?.reviewedVersion === event.version - 1 ? post.moderation.labels : [];
};
