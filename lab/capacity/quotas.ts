import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Sourced = z.object({
  id: z.string(),
  what: z.string(),
  note: z.string().optional(),
  value: z.number().positive(),
  url: z.url({ protocol: /^https$/ }),
  read: z.iso.date(),
  /** Whether AWS's own words were read. */
  primary: z.boolean(),
});
const Quota = Sourced.extend({ service: z.string(), adjustable: z.boolean(), code: z.string().optional() });
export type Quota = z.infer<typeof Quota>;

const File = z.object({
  quotas: z.array(Quota),
  behaviour: z.array(Sourced),
  assumptions: z.array(z.object({ id: z.string(), what: z.string(), value: z.number().positive() })),
});

const file = File.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'quotas.json'), 'utf8')));

/** @throws when quotas.json has no such quota */
export const quotaOf = (id: string): Quota => {
  const quota = file.quotas.find((each) => each.id === id);
  if (!quota) throw new Error(`quotas.json has no quota "${id}"`);
  return quota;
};

/** A number that the model stands on: how AWS behaves, or what is assumed of it. @throws when there is none */
export const behaviourOf = (id: string): number => {
  const found = [...file.behaviour, ...file.assumptions].find((each) => each.id === id);
  if (!found) throw new Error(`quotas.json says nothing of "${id}"`);
  return found.value;
};

/** Everything in the file, to be told. */
export const quotasFile = file;
