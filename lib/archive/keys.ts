import { createHash } from 'node:crypto';
import type { ArchivedEvent } from './archived-event.ts';

const HOUR = 3_600_000;

/** The folder of everything that happened in an hour (UTC): `events/2026/11/20/09/`. @param time of the epoch, in ms */
export const folderOf = (time: number): string =>
  `events/${new Date(time).toISOString().slice(0, 13).replaceAll(/[-T]/g, '/')}/`;

/** The folders of all hours that the span touches, in order. @param from, to milliseconds of the epoch, `to` exclusive */
export function* foldersBetween(from: number, to: number): Generator<string> {
  for (let hour = Math.floor(from / HOUR) * HOUR; hour < to; hour += HOUR) yield folderOf(hour);
}

/**
 * The key of an object: the hour its events happened in, when the first of them did, and a digest of their ids. It
 * depends on the events alone, so that writing the same ones again writes the same object.
 * @param events of one hour, by time and then by id; at least one
 */
export const keyOf = (events: readonly [ArchivedEvent, ...ArchivedEvent[]]): string => {
  const [{ event: first }] = events;
  const ids = events.map(({ event }) => event.eventId).join('\n');
  const digest = createHash('sha256').update(ids).digest('hex').slice(0, 16);
  const time = new Date(first.occurredAt).toISOString().replaceAll(/[-:.]/g, '');
  return `${folderOf(Date.parse(first.occurredAt))}${time}-${digest}.ndjson`;
};
