import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readStateFile } from '../state-file.ts';

const QueuedEvent = z.object({
  /** Of the invocation: the same for every try. */
  requestId: z.string(),
  functionName: z.string(),
  payload: z.unknown(),
  /** When Lambda took it, Unix milliseconds. */
  acceptedAt: z.number(),
  /** How often the function ran with it so far; each run failed. */
  invocations: z.number(),
  /** How often in a row Lambda could not run the function: throttles and errors of its own. */
  setbacks: z.number(),
  /** When it is to be tried next, Unix milliseconds. */
  nextAt: z.number(),
});
/** An event in the queue of a function. */
export type QueuedEvent = z.infer<typeof QueuedEvent>;

/** Keeps events through restarts and kills: a method that returns has done what would survive one. */
export interface EventStore {
  load(): QueuedEvent[];
  save(event: QueuedEvent): void;
  remove(requestId: string): void;
}

/** One small file an event under `directory`. */
export const fileEventStore = (directory: string): EventStore => {
  const fileOf = (requestId: string) => join(directory, `${encodeURIComponent(requestId)}.json`);
  return {
    load: () => {
      mkdirSync(directory, { recursive: true });
      return readdirSync(directory)
        .filter((name) => name.endsWith('.json'))
        .flatMap((name) => readStateFile(join(directory, name), QueuedEvent) ?? [])
        .toSorted((one, other) => one.acceptedAt - other.acceptedAt);
    },
    save: (event) => {
      const file = fileOf(event.requestId);
      writeFileSync(`${file}.new`, JSON.stringify(event));
      renameSync(`${file}.new`, file);
    },
    remove: (requestId) => rmSync(fileOf(requestId), { force: true }),
  };
};
