import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { PostChange } from '#lib/events/change.ts';
import { type PostEvent, postEventOf } from '#lib/events/post-event.ts';
import { Post } from '#lib/posts/post.ts';

export const EventId = z.string().regex(/^[\w.-]+$/, 'must be an event id');
/** Unix seconds, up to the end of the year 9999. */
export const CreationTime = z.number().min(0).max(253_402_300_799);

const Image = z
  .custom<Record<string, AttributeValue>>(
    (value) => typeof value === 'object' && value !== null,
    'must be a map of attribute values',
  )
  .transform((image, context) => {
    try {
      return unmarshall(image);
    } catch (error) {
      context.addIssue(`is not a DynamoDB item: ${String(error)}`);
      return z.NEVER;
    }
  });

const PostImage = Image.pipe(
  // Of printable characters, because SQS loses messages with some others.
  Post.extend({
    correlationId: z
      .string()
      .regex(/^[ -~]+$/)
      .optional()
      .catch(undefined),
  }),
);

const recordWith = <Name extends string, Images extends z.ZodRawShape>(eventName: Name, images: Images) =>
  z.object({
    eventID: EventId,
    eventName: z.literal(eventName),
    dynamodb: z.object({
      SequenceNumber: z.string().min(1),
      ApproximateCreationDateTime: CreationTime,
      ...images,
    }),
  });

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html */
const StreamRecord = z.discriminatedUnion('eventName', [
  recordWith('INSERT', { NewImage: PostImage }),
  recordWith('MODIFY', { OldImage: PostImage, NewImage: PostImage }),
  recordWith('REMOVE', { OldImage: PostImage }),
]);
type StreamRecord = z.infer<typeof StreamRecord>;

export type ReadRecord = { readable: true; event: PostEvent } | { readable: false; reason: string };

/** Turns a stream record, as Lambda delivers it, into the event that subscribers receive. Never throws. */
export const readStreamRecord = (record: unknown): ReadRecord => {
  const parsed = StreamRecord.safeParse(record);
  if (!parsed.success) return { readable: false, reason: z.prettifyError(parsed.error) };

  const { eventID, dynamodb } = parsed.data;
  const image = 'NewImage' in dynamodb ? dynamodb.NewImage : dynamodb.OldImage;
  return {
    readable: true,
    event: postEventOf(changeOf(parsed.data), {
      eventId: eventID,
      occurredAt: new Date(dynamodb.ApproximateCreationDateTime * 1_000).toISOString(),
      correlationId: image.correlationId ?? eventID,
    }),
  };
};

const changeOf = (record: StreamRecord): PostChange => {
  switch (record.eventName) {
    case 'INSERT':
      return { eventType: 'INSERT', after: record.dynamodb.NewImage };
    case 'MODIFY':
      return { eventType: 'MODIFY', before: record.dynamodb.OldImage, after: record.dynamodb.NewImage };
    case 'REMOVE':
      return { eventType: 'REMOVE', before: record.dynamodb.OldImage };
  }
};
