import type { PostEvent } from '#lib/events/post-event.ts';
import type { PostRepository } from '#lib/posts/post-repository.ts';
import type { SendOutcome } from './deliver-to-devices.ts';
import { draftReminderOf, type Notification, notificationOf } from './notification.ts';

/** @returns false when the notification was recorded before */
export type RecordNotification = (notification: Notification) => Promise<boolean>;

/** Numbers of devices. */
export type Deliveries = Readonly<Record<SendOutcome, number>>;

/** May be called again. @throws {RetryLater} when some device has to be tried again */
export type DeliverNotification = (notification: Notification) => Promise<Deliveries>;

export interface NotificationPorts {
  posts: Pick<PostRepository, 'find'>;
  record: RecordNotification;
  deliver: DeliverNotification;
}

export type NotifyOutcome =
  | { outcome: 'notified' | 'already recorded'; devices: Deliveries }
  | { outcome: 'nothing to tell' | 'gone' | 'no draft any more' | 'changed since' };

/** Notifies the author of what happened to the post. */
export const notifyAuthor =
  (ports: NotificationPorts) =>
  async (event: PostEvent): Promise<NotifyOutcome> => {
    const labels = event.change === 'flagged' ? await labelsOf(ports.posts, event) : [];
    const notification = notificationOf(event, labels);
    return notification ? tell(ports, notification) : { outcome: 'nothing to tell' };
  };

/** Reminds the author of a draft that is as the event left it. One that was edited since has an event of its own. */
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
  // Also when it is recorded already: an earlier attempt may have ended in between.
  const devices = await deliver(notification);
  return { outcome: isNew ? 'notified' : 'already recorded', devices };
};

/** None, unless the post still carries the decision of the event. */
const labelsOf = async (posts: NotificationPorts['posts'], event: PostEvent): Promise<string[]> => {
  const post = await posts.find(event.postId);
  return post?.moderation?.reviewedVersion === event.version - 1 ? post.moderation.labels : [];
};
