import * as z from 'zod';
import { attributesOf, PostEvent } from '#lib/events/post-event.ts';

/**
 * One line of the archive: a message as the topic delivered it. Fields that this version of the contract does not
 * know are kept.
 */
export const ArchivedEvent = z.object({
  /** The message attributes, all of them of type String. */
  attributes: z.record(z.string(), z.string()),
  /** The message body. */
  event: z.looseObject(PostEvent.shape),
});
export type ArchivedEvent = z.infer<typeof ArchivedEvent>;

/** The part of a queue's record that a line is made of. */
interface Message {
  body: string;
  messageAttributes: Readonly<Record<string, { stringValue?: string | undefined }>>;
}

/**
 * What a message leaves in the archive. Attributes that the message lost on its way, as it does when somebody
 * redrives it by hand, are those of its event.
 * @throws {z.ZodError} when the body is not a post event
 */
export const archivedEventOf = ({ body, messageAttributes }: Message): ArchivedEvent => {
  const event = ArchivedEvent.shape.event.parse(JSON.parse(body));
  const carried = Object.entries(messageAttributes).flatMap(([name, { stringValue }]) =>
    stringValue === undefined ? [] : [[name, stringValue] as const],
  );
  return { attributes: { ...attributesOf(event), ...Object.fromEntries(carried) }, event };
};

/** The folder of everything that happened in an hour (UTC): `events/2026/11/20/09/`. @param time ms of the epoch */
export const folderOf = (time: number): string =>
  `events/${new Date(time).toISOString().slice(0, 13).replaceAll(/[-T]/g, '/')}/`;
