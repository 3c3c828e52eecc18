import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { serviceDirectory } from '../ops/service.ts';

const FilterPolicy = z.record(z.string(), z.array(z.unknown()));
export type FilterPolicy = z.infer<typeof FilterPolicy>;

const Definitions = z.record(
  z.string(),
  z.object({
    events: z
      .array(z.looseObject({ postEvents: z.looseObject({ filterPolicy: FilterPolicy }).optional() }))
      .default([]),
  }),
);

/** Every function's folder below functions/, its key in serverless.yml and its events. */
const definitions = () => {
  const functions = join(serviceDirectory, 'functions');
  return readdirSync(functions)
    .toSorted()
    .flatMap((folder) => {
      const file = readFileSync(join(functions, folder, 'function.yml'), 'utf8');
      // Tags such as !Ref do not matter here.
      return Object.entries(Definitions.parse(parse(file, { logLevel: 'error' }))).map(
        ([key, { events }]) => ({
          folder,
          key,
          events,
        }),
      );
    });
};

/** The folders below functions/ and the keys of their functions in serverless.yml. */
export const functionKeys = () => definitions().map(({ folder, key }) => ({ folder, key }));

/** A function with a `postEvents` event. */
export interface SubscriberFolder {
  /** Its folder below functions/. */
  name: string;
  /** Its key in serverless.yml. */
  key: string;
  filterPolicy: FilterPolicy;
}

/** The subscribers among the functions, by the names of their folders. */
export const subscribers = (): SubscriberFolder[] =>
  definitions().flatMap(({ folder, key, events }) =>
    events.flatMap(({ postEvents }) =>
      postEvents ? [{ name: folder, key, filterPolicy: postEvents.filterPolicy }] : [],
    ),
  );
