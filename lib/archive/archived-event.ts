import type { SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { attributesOf, PostEvent } from '#lib/events/post-event.ts';

/** One line of the archive: message attributes and body. Fields that the contract does not know are kept. */
export const ArchivedEvent = z.object({
  attributes: z.record(z.string(), z.string()),
  event: z.looseObject(PostEvent.shape),
});
export type ArchivedEvent = z.infer<typeof ArchivedEvent>;

/**
 * The line for a message. Attributes that a redrive by hand has lost are those of its event.
 * @throws {z.ZodError} when the body is not a post event
 */
export const archivedEventOf = ({
  body,
  messageAttributes,
}: Pick<SQSRecord, 'body' | 'messageAttributes'>): ArchivedEvent => {
  const event = ArchivedEvent.shape.event.parse(JSON.parse(body));
  const carried = Object.entries(messageAttributes).flatMap(([name, { stringValue }]) =>
    stringValue === undefined ? [] : [[name, stringValue] as const],
  );
  return { attributes: { ...attributesOf(event), ...Object.fromEntries(carried) }, event };
};

/** The folder of an hour (UTC): `events/2026/11/20/09/`. @param time milliseconds of the epoch */
export const folderOf = (time: number): string =>
  `events/${new Date(time).toISOString().slice(0, 13).replaceAll(/[-T]/g, '/')}/`;
