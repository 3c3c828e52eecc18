import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { PostChange } from '#lib/events/change.ts';
import { type PostEvent, postEventOf } from '#lib/events/post-event.ts';
import * as z from '#lib/platform/zod.ts';
import { Post } from '#lib/posts/post.ts';

/** An attribute value as Lambda delivers it: binary values are base64 text, numbers are text. */
const AttributeMap = z.custom<Record<string, AttributeValue>>(isObject, 'must be a map of attribute values');

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

// What is no attribute value is found by converting it.
const Image = z.pipe(
  AttributeMap,
  z.transform((image, context) => {
    try {
      return unmarshall(image);
    } catch (error) {
      context.issues.push({
        code: 'custom',
        input: image,
        message: `is not a DynamoDB item: ${String(error)}`,
      });
      return z.NEVER;
    }
  }),
);

const CorrelationId = z.catch(z.object({ correlationId: z.optional(z.string().check(z.minLength(1))) }), {});

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html */
const StreamRecord = z.object({
  eventID: z.string().check(z.minLength(1)),
  eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
  dynamodb: z.object({
    SequenceNumber: z.string().check(z.minLength(1)),
    /** Unix seconds. */
    ApproximateCreationDateTime: z.number().check(z.nonnegative()),
    NewImage: z.optional(Image),
    OldImage: z.optional(Image),
  }),
});

/** What became of reading one stream record. */
export type ReadRecord =
  | { readable: true; event: PostEvent }
  | { readable: false /** Every problem, with its path. */; reason: string };

/**
 * Turns a stream record, as Lambda delivers it, into the event that subscribers receive. Removals by TTL are
 * removals like any other. A record that can never become an event is told apart, not thrown.
 */
export const readStreamRecord = (record: unknown): ReadRecord => {
  const parsed = StreamRecord.safeParse(record);
  if (!parsed.success) return { readable: false, reason: z.prettifyError(parsed.error) };

  const { eventID, eventName, dynamodb } = parsed.data;
  const change = changeOf(eventName, dynamodb.OldImage, dynamodb.NewImage);
  if (!change.success) return { readable: false, reason: z.prettifyError(change.error) };

  const { correlationId } = CorrelationId.parse(dynamodb.NewImage ?? dynamodb.OldImage);
  return {
    readable: true,
    event: postEventOf(change.data, {
      eventId: eventID,
      occurredAt: new Date(dynamodb.ApproximateCreationDateTime * 1_000).toISOString(),
      correlationId: correlationId ?? eventID,
    }),
  };
};

const PostChangeRecord = z.discriminatedUnion('eventType', [
  z.object({ eventType: z.literal('INSERT'), after: Post }),
  z.object({ eventType: z.literal('MODIFY'), before: Post, after: Post }),
  z.object({ eventType: z.literal('REMOVE'), before: Post }),
]) satisfies z.ZodMiniType<PostChange>;

const changeOf = (eventType: PostChange['eventType'], before: unknown, after: unknown) =>
  PostChangeRecord.safeParse({ eventType, before, after });
