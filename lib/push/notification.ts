import type { PostEvent } from '#lib/events/post-event.ts';

/** A notification to an author about a post. It never contains the post's text, because it leaves the service. */
export interface Notification {
  userId: string;
  /** Made of post and version: the same for every event of a change. */
  notificationId: string;
  kind: 'published' | 'flagged' | 'still-a-draft';
  postId: string;
  version: number;
  title: string;
  body: string;
  /** ISO 8601: when the change happened. */
  occurredAt: string;
  eventId: string;
  correlationId: string;
}

/** Moderation's labels in words. */
const REASONS: Readonly<Record<string, string>> = {
  profanity: 'offensive language',
  'blocked-link': 'a link that is not allowed',
  'too-many-links': 'too many links',
  repetition: 'repetition',
  graphic: 'graphic content',
  'harassment-or-abuse': 'harassment',
  'hate-speech': 'hate speech',
  insult: 'insults',
  sexual: 'sexual content',
  'violence-or-threat': 'threats or violence',
};

const reasonOf = (labels: readonly string[]): string =>
  labels.length === 0 ? '' : ` because of ${labels.map((label) => REASONS[label] ?? label).join(', ')}`;

const subjectOf = ({ userId, postId, version, occurredAt, eventId, correlationId }: PostEvent) => ({
  userId,
  notificationId: `${postId}#${version}`,
  postId,
  version,
  occurredAt,
  eventId,
  correlationId,
});

export const draftReminderOf = (event: PostEvent): Notification => ({
  ...subjectOf(event),
  kind: 'still-a-draft',
  title: 'Your post is still a draft',
  body: 'Nobody else can read it until you publish it.',
});

/** @param labels why moderation took the post down, empty when not known */
export const notificationOf = (event: PostEvent, labels: readonly string[]): Notification | undefined => {
  const about = subjectOf(event);
  if (event.change === 'published') {
    return {
      ...about,
      kind: 'published',
      title: 'Your post is published',
      body: 'Everyone can read it now.',
    };
  }
  if (event.change === 'flagged') {
    const body = `It was taken down${reasonOf(labels)}. If you edit it, it is reviewed again.`;
    return { ...about, kind: 'flagged', title: 'Your post was taken down', body };
  }
  return undefined;
};
