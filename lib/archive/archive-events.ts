import type { ArchivedEvent } from './archived-event.ts';
import { folderOf, keyOf } from './keys.ts';

/** Keeps a text under a key; under a key that exists, the new text takes the old one's place. */
export type StoreObject = (key: string, text: string) => Promise<void>;

interface Waiting {
  archived: ArchivedEvent;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** What was written, to be told to somebody. */
export interface StoredObject {
  key: string;
  events: number;
}

/**
 * Archives events, those that are handed over at the same time in one object for each hour they happened in.
 * Lambda hands over a batch at once: an object for each message would cost a hundred times as much.
 * @returns a function that resolves when its event is stored, and rejects when its object could not be
 */
export const archiveEvents = (store: StoreObject, tell: (stored: StoredObject) => void) => {
  let waiting: Waiting[] = [];

  const write = async (group: readonly Waiting[]): Promise<void> => {
    const [first, ...rest] = inOrder(group.map(({ archived }) => archived));
    if (!first) return;
    try {
      const key = keyOf([first, ...rest]);
      await store(key, [first, ...rest].map((archived) => `${JSON.stringify(archived)}\n`).join(''));
      tell({ key, events: 1 + rest.length });
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };

  const flush = (): void => {
    const byHour = Map.groupBy(waiting, ({ archived }) => folderOf(Date.parse(archived.event.occurredAt)));
    waiting = [];
    for (const group of byHour.values()) void write(group);
  };

  return (archived: ArchivedEvent): Promise<void> =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ archived, resolve, reject });
    });
};

/** Each event once, by time and then by id: the same events in another order make the same object. */
const inOrder = (events: readonly ArchivedEvent[]): ArchivedEvent[] =>
  [...new Map(events.map((archived) => [archived.event.eventId, archived])).values()].toSorted(
    ({ event: left }, { event: right }) =>
      Date.parse(left.occurredAt) - Date.parse(right.occurredAt) || (left.eventId < right.eventId ? -1 : 1),
  );
