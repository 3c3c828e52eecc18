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

/** A function with a `postEvents` event. */
export interface SubscriberFolder {
  /** Its folder below functions/. */
  name: string;
  /** Its key in serverless.yml. */
  key: string;
  filterPolicy: FilterPolicy;
}

/** The subscribers among the functions, by the names of their folders. */
export const subscribers = (): SubscriberFolder[] => {
  const functions = join(serviceDirectory, 'functions');
  return readdirSync(functions)
    .toSorted()
    .flatMap((name) => {
      const file = readFileSync(join(functions, name, 'function.yml'), 'utf8');
      // Tags such as !Ref are of no interest here.
      const definitions = Definitions.parse(parse(file, { logLevel: 'error' }));
      return Object.entries(definitions).flatMap(([key, { events }]) =>
        events.flatMap(({ postEvents }) =>
          postEvents ? [{ name, key, filterPolicy: postEvents.filterPolicy }] : [],
        ),
      );
    });
};
