import type { PostEvent } from '#lib/events/post-event.ts';

/** What an author is told about a post. It never holds the post's text: push services see what they deliver. */
export interface Notification {
  userId: string;
  /** One for each change of a post, however often and under whichever event id the change is told. */
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

/** Words for the labels that moderation gives; a label without words is shown as it is. */
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

/** What the author of a draft is told who left it alone at the version of the event. */
export const draftReminderOf = (event: PostEvent): Notification => ({
  ...subjectOf(event),
  kind: 'still-a-draft',
  title: 'Your post is still a draft',
  body: 'Nobody else can read it until you publish it.',
});

/**
 * What the author has to be told about an event, undefined when nothing.
 * @param labels why moderation took the post down, empty when not known
 */
export const notificationOf = (event: PostEvent, labels: readonly string[]): Notification | undefined => {
  const about = subjectOf(event);
  if (event.change === 'published') {
    const title = 'Your post is published';
    return { ...about, kind: 'published', title, body: 'Everyone can read it now.' };
  }
  if (event.change === 'flagged') {
    const body = `It was taken down${reasonOf(labels)}. If you edit it, it is reviewed again.`;
    return { ...about, kind: 'flagged', title: 'Your post was taken down', body };
  }
  return undefined;
};
