import type { PostEvent } from '#lib/events/post-event.ts';
import type { PostRepository } from '#lib/posts/post-repository.ts';
import type { SendOutcome } from './deliver-to-devices.ts';
import { draftReminderOf, type Notification, notificationOf } from './notification.ts';

/** Keeps what users were told. @returns false when it is already there, so that telling twice records once */
export type RecordNotification = (notification: Notification) => Promise<boolean>;

/** To how many devices a notification went, by what became of it there. */
export type Deliveries = Readonly<Record<SendOutcome, number>>;

/**
 * Brings a notification to the user's devices; safe to call again for those it already reached.
 * @throws {RetryLater} when some device has to be tried again
 */
export type DeliverNotification = (notification: Notification) => Promise<Deliveries>;

export interface NotificationPorts {
  posts: Pick<PostRepository, 'find'>;
  record: RecordNotification;
  deliver: DeliverNotification;
}

/** What became of an event. */
export type NotifyOutcome =
  | { outcome: 'notified' | 'already recorded'; devices: Deliveries }
  | { outcome: 'nothing to tell' | 'gone' | 'no draft any more' | 'changed since' };

/**
 * Tells the author what became of the post. Recording is a conditional write on an id made of post and version, so
 * no idempotency record is needed for it. Delivery comes after, also for what is already recorded: an
 * earlier attempt may have ended in between.
 */
export const notifyAuthor =
  (ports: NotificationPorts) =>
  async (event: PostEvent): Promise<NotifyOutcome> => {
    const labels = event.change === 'flagged' ? await labelsOf(ports.posts, event) : [];
    const notification = notificationOf(event, labels);
    return notification ? tell(ports, notification) : { outcome: 'nothing to tell' };
  };

/**
 * Reminds the author of a draft, once for each version of it, and only when the post still is what the event tells
 * of: a draft that was edited since has an event of its own on its way, with the whole time to wait. The post is read
 * on every attempt, so that neither a late nor a repeated event speaks of what is over.
 */
export const remindOfDraft =
  (ports: NotificationPorts) =>
  async (event: PostEvent): Promise<NotifyOutcome> => {
    const post = await ports.posts.find(event.postId);
    if (!post) return { outcome: 'gone' };
    if (post.status !== 'draft') return { outcome: 'no draft any more' };
    if (post.version !== event.version) return { outcome: 'changed since' };
    return tell(ports, draftReminderOf(event));
  };

const tell = async (
  { record, deliver }: NotificationPorts,
  notification: Notification,
): Promise<NotifyOutcome> => {
  const isNew = await record(notification);
  const devices = await deliver(notification);
  return { outcome: isNew ? 'notified' : 'already recorded', devices };
};

/** Known only while the post still carries the decision that the event tells of. */
const labelsOf = async (posts: NotificationPorts['posts'], event: PostEvent): Promise<string[]> => {
  const post = await posts.find(event.postId);
  return post?.moderation?.reviewedVersion === event.version - 1 ? post.moderation.labels : [];
};
