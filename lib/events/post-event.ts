import * as z from 'zod';
import { type Post, PostContent, PostId, PostStatus, PostType } from '#lib/posts/post.ts';
import { UserId } from '#lib/posts/user-id.ts';
import { Change, describeChange, type PostChange } from './change.ts';

/**
 * The contract between the broadcaster and every subscriber, version 1: the body of each message on the
 * PostEvents topic. Types, message attributes and JSON Schema are all derived from this one schema.
 * Delivery is at least once and unordered; `version` is what consumers gate on.
 */
export const PostEvent = z
  .object({
    schemaVersion: z.literal(1),
    eventId: z.string().min(1).describe("The stream record's eventID: the same on every redelivery."),
    eventType: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
    change: Change.describe('What the change means.'),
    postId: PostId,
    userId: UserId.describe('The author.'),
    contentType: PostType,
    status: PostStatus,
    timestamp: z.iso.datetime().describe('When the post was created.'),
    content: PostContent,
    version: z
      .int()
      .positive()
      .describe("The post's version after the change; for a removal its last version plus one."),
    occurredAt: z.iso.datetime().describe('When the table recorded the change.'),
    correlationId: z.string().min(1).describe('Of the request that caused the change.'),
  })
  .meta({ id: 'PostEvent', title: 'PostEvent, version 1' });
export type PostEvent = z.infer<typeof PostEvent>;

/** The fields of an event that filter policies can select by. SNS carries each as a String attribute. */
const FILTERABLE = ['eventType', 'contentType', 'status', 'change'] as const;
export type PostEventAttributes = Readonly<Record<(typeof FILTERABLE)[number], string>>;

/**
 * The message attributes of an event. Four of them: with raw delivery SQS discards a message with more
 * than 10, and a filter policy can use at most 5.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
 */
export const attributesOf = ({ eventType, contentType, status, change }: PostEvent): PostEventAttributes => ({
  eventType,
  contentType,
  status,
  change,
});

/** What the stream record around a change adds to it. */
export interface ChangeRecord {
  eventId: string;
  /** ISO 8601. */
  occurredAt: string;
  correlationId: string;
}

/** The event that tells `change`. A removal shows the post as it was last, one version on. */
export const postEventOf = (change: PostChange, record: ChangeRecord): PostEvent => {
  const post: Post =
    change.eventType === 'REMOVE' ? { ...change.before, version: change.before.version + 1 } : change.after;
  return {
    schemaVersion: 1,
    eventId: record.eventId,
    eventType: change.eventType,
    change: describeChange(change),
    postId: post.postId,
    userId: post.userId,
    contentType: post.type,
    status: post.status,
    timestamp: post.timestamp,
    content: post.content,
    version: post.version,
    occurredAt: record.occurredAt,
    correlationId: record.correlationId,
  };
};
