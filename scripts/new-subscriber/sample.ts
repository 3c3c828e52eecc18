import { createHash } from 'node:crypto';
import type { Change, PostChange } from '#lib/events/change.ts';
import { attributesOf, type PostEvent, postEventOf } from '#lib/events/post-event.ts';
import type { Post } from '#lib/posts/post.ts';

const TIME = '2026-11-20T09:01:00.000Z';

const first: Post = {
  postId: '01M7W30270WWBAX9TN7AVSRNFH',
  userId: 'ada',
  content: 'A walk along the river this morning.',
  type: 'text',
  status: 'published',
  timestamp: TIME,
  updatedAt: TIME,
  version: 1,
};
const into = (more: Partial<Post>): PostChange => ({
  eventType: 'MODIFY',
  before: first,
  after: { ...first, ...more, version: 2 },
});
const decision = (outcome: 'approved' | 'flagged') => ({
  moderation: { decision: outcome, labels: [], scores: {}, reviewedVersion: 1 },
});

const EXAMPLES: Readonly<Record<Change, PostChange>> = {
  drafted: { eventType: 'INSERT', after: { ...first, status: 'draft' } },
  published: { eventType: 'INSERT', after: first },
  edited: into({ content: 'A walk along the river in the rain.' }),
  unpublished: into({ status: 'draft' }),
  flagged: into({ status: 'flagged', ...decision('flagged') }),
  reviewed: into(decision('approved')),
  removed: { eventType: 'REMOVE', before: first },
};

/** The same for the same words, so that a sample can be made again and compared. */
const digestOf = (...words: string[]): string => createHash('sha256').update(words.join(' ')).digest('hex');

const uuidOf = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-8${hex.slice(15, 18)}-${hex.slice(18, 30)}`;

const exampleOf = (change: Change): PostEvent =>
  postEventOf(EXAMPLES[change], {
    eventId: digestOf('event', change).slice(0, 32),
    occurredAt: TIME,
    correlationId: uuidOf(digestOf('request', change)),
  });

/** The values for the placeholders of a message's template. */
export const messageValues = (name: string, queue: string, change: Change): Record<string, unknown> => {
  const event = exampleOf(change);
  const body = JSON.stringify(event);
  return {
    __MESSAGE_ID__: uuidOf(digestOf('message', name, change)),
    __RECEIPT_HANDLE__: Buffer.from(digestOf('receipt', name, change)).toString('base64'),
    __BODY__: body,
    __MESSAGE_ATTRIBUTES__: Object.fromEntries(
      Object.entries(attributesOf(event)).map(([attribute, stringValue]) => [
        attribute,
        { stringValue, stringListValues: [], binaryListValues: [], dataType: 'String' },
      ]),
    ),
    __MD5_OF_BODY__: createHash('md5').update(body).digest('hex'),
    __QUEUE__: queue,
  };
};
