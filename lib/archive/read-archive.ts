import { ArchivedEvent, folderOf } from './archived-event.ts';

const HOUR = 3_600_000;

/** Reads what was stored. */
export interface ObjectReader {
  /** The keys that begin with a prefix, in order. */
  list(prefix: string): AsyncIterable<string>;
  read(key: string): Promise<string>;
}

/**
 * The events that happened in a span of time, each once: a message that was delivered twice may stand in two objects,
 * but always in those of the same hour, so the ids of one hour are all that has to be remembered. Hours are in order,
 * the events of an hour are not, as nothing is after the topic: gate on `version`.
 * @param from, to milliseconds of the epoch; `from` inclusive, `to` exclusive
 * @throws {Error} naming the object and the line that is not what the archive writes
 */
export async function* readArchive(
  objects: ObjectReader,
  from: number,
  to: number,
): AsyncGenerator<ArchivedEvent> {
  for (let hour = Math.floor(from / HOUR) * HOUR; hour < to; hour += HOUR) {
    const seen = new Set<string>();
    for await (const key of objects.list(folderOf(hour))) {
      for (const archived of linesOf(key, await objects.read(key))) {
        const { eventId, occurredAt } = archived.event;
        const time = Date.parse(occurredAt);
        if (time < from || time >= to || seen.has(eventId)) continue;
        seen.add(eventId);
        yield archived;
      }
    }
  }
}

function* linesOf(key: string, text: string): Generator<ArchivedEvent> {
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    try {
      yield ArchivedEvent.parse(JSON.parse(line));
    } catch (cause) {
      throw new Error(`${key}, line ${index + 1} is no archived event`, { cause });
    }
  }
}
