import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type ArchivedEvent, folderOf } from './archived-event.ts';

/** Stores a text under a key, in place of what is there. */
export type StoreObject = (key: string, text: string) => Promise<void>;

const timeOf = ({ event }: ArchivedEvent): number => Date.parse(event.occurredAt);

/**
 * Archives events: those of one batch that happened in the same hour share an object. An object for each message would
 * cost a hundred times as much.
 * @param report is called with each object that was written and its number of events
 * @returns a function that resolves when its event is stored, and rejects when its object could not be
 */
export const archiveEvents = (store: StoreObject, report: (key: string, events: number) => void) => {
  const hours = new Map<string, { events: ArchivedEvent[]; stored: Promise<void> }>();

  const beginHour = (folder: string) => {
    const events: ArchivedEvent[] = [];
    const write = async (): Promise<void> => {
      await setImmediate();
      hours.delete(folder);
      const ordered = inOrder(events);
      const key = keyOf(folder, ordered);
      await store(key, ordered.map((archived) => `${JSON.stringify(archived)}\n`).join(''));
      report(key, ordered.length);
    };
    const hour = { events, stored: write() };
    hours.set(folder, hour);
    return hour;
  };

  return (archived: ArchivedEvent): Promise<void> => {
    const folder = folderOf(timeOf(archived));
    const { events, stored } = hours.get(folder) ?? beginHour(folder);
    events.push(archived);
    return stored;
  };
};

/** Each event once, by time and id: the same events in another order make the same object. */
const inOrder = (events: readonly ArchivedEvent[]): ArchivedEvent[] =>
  [...new Map(events.map((archived) => [archived.event.eventId, archived])).values()].toSorted(
    (a, b) => timeOf(a) - timeOf(b) || (a.event.eventId < b.event.eventId ? -1 : 1),
  );

/** The same events have the same key. */
const keyOf = (folder: string, events: readonly ArchivedEvent[]): string => {
  const ids = events.map(({ event }) => event.eventId).join('\n');
  const digest = createHash('sha256').update(ids).digest('hex').slice(0, 16);
  const time = events[0]?.event.occurredAt.replaceAll(/[-:.]/g, '');
  return `${folder}${time}-${digest}.ndjson`;
};

/** Stores objects of newline-delimited JSON in a bucket. */
export const s3StoreObject =
  (client: S3Client, bucket: string): StoreObject =>
  async (key, text) => {
    await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'application/x-ndjson' }),
    );
  };
