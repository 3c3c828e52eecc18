import * as z from 'zod';
import { Post } from '#lib/posts/post.ts';
import { Change, describeChange, type PostChange } from './change.ts';

const { type, userId, version, timestamp } = Post.shape;

/**
 * The contract between the broadcaster and every subscriber, version 1: the body of each message on the
 * PostEvents topic, made of the post's own fields and of what happened to it. Types, message attributes and JSON Schema
 * are all derived from this one schema. Delivery is at least once and unordered; `version` is what consumers gate on.
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
 * The message attributes of an event, which filter policies can select by; SNS carries each as a String. Four of them:
 * with raw delivery SQS discards a message with more than 10, and a filter policy can use at most 5.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
 */
export const PostEventAttributes = PostEvent.pick({
  eventType: true,
  contentType: true,
  status: true,
  change: true,
});
export type PostEventAttributes = z.infer<typeof PostEventAttributes>;

/** The message attributes of an event. */
export const attributesOf = (event: PostEvent): PostEventAttributes => PostEventAttributes.parse(event);

/** What the stream record around a change adds to it. `occurredAt` is ISO 8601. */
export type ChangeRecord = Pick<PostEvent, 'eventId' | 'occurredAt' | 'correlationId'>;

/** The event that tells `change`. A removal shows the post as it was last, one version on. */
export const postEventOf = (change: PostChange, record: ChangeRecord): PostEvent => {
  const {
    type,
    updatedAt: _,
    moderation: __,
    ...fields
  } = change.eventType === 'REMOVE' ? { ...change.before, version: change.before.version + 1 } : change.after;
  return {
    schemaVersion: 1,
    eventType: change.eventType,
    change: describeChange(change),
    ...fields,
    contentType: type,
    ...record,
  };
};
