import * as z from 'zod';
import { Post } from '#lib/posts/post.ts';
import { Change, describeChange, type PostChange } from './change.ts';

const { type, userId, version, timestamp } = Post.shape;

/**
 * The contract between the broadcaster and its subscribers, version 1: the body of each message on the PostEvents topic.
 * Delivery is at least once and unordered: consumers gate on `version`.
 */
export const PostEvent = z
  .object({
    schemaVersion: z.literal(1),
    eventId: z.string().min(1).describe("The stream record's eventID: the same on every redelivery."),
    eventType: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
    change: Change.describe('What the change means.'),
    ...Post.omit({ type: true, updatedAt: true, moderation: true }).shape,
    userId: userId.describe('The author.'),
    contentType: type,
    timestamp: timestamp.describe('When the post was created.'),
    version: version.describe(
      "The post's version after the change; for a removal its last version plus one.",
    ),
    occurredAt: z.iso.datetime().describe('When the table recorded the change.'),
    correlationId: z.string().min(1).describe('Of the request that caused the change.'),
  })
  .meta({ id: 'PostEvent', title: 'PostEvent, version 1' });
export type PostEvent = z.infer<typeof PostEvent>;

/**
 * The message attributes, by which filter policies select; SNS carries each as a String. With raw delivery SQS
 * discards a message with more than 10 of them, and a filter policy can use at most 5.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
 */
export const PostEventAttributes = PostEvent.pick({
  eventType: true,
  contentType: true,
  status: true,
  change: true,
});
export type PostEventAttributes = z.infer<typeof PostEventAttributes>;

export const attributesOf = (event: PostEvent): PostEventAttributes => PostEventAttributes.parse(event);

/** What a stream record adds to its change. */
export type ChangeRecord = Pick<PostEvent, 'eventId' | 'occurredAt' | 'correlationId'>;

/** The event of a change. A removal carries the last image of the post, with the next version. */
export const postEventOf = (change: PostChange, record: ChangeRecord): PostEvent => {
  const post =
    change.eventType === 'REMOVE' ? { ...change.before, version: change.before.version + 1 } : change.after;
  const { type, updatedAt: _, moderation: __, ...fields } = post;
  return {
    schemaVersion: 1,
    eventType: change.eventType,
    change: describeChange(change),
    ...fields,
    contentType: type,
    ...record,
  };
};
