import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Price = z.object({
  id: z.string(),
  service: z.string(),
  what: z.string(),
  usd: z.number().positive(),
  /** How many are had for `usd`. */
  per: z.number().positive(),
  /** Had for nothing each month, once an account, where that does not end after a year. */
  free: z.number().nonnegative(),
  url: z.url({ protocol: /^https$/, hostname: /^aws\.amazon\.com$/ }),
  read: z.iso.date(),
  /** Whether it was read on AWS's own page. */
  primary: z.boolean(),
});
export type Price = z.infer<typeof Price>;

const File = z.object({
  region: z.string(),
  prices: z.array(Price),
  assumptions: z.array(z.object({ id: z.string(), what: z.string(), value: z.number().positive() })),
});

/** Everything that is paid for by use, and what is assumed where nothing is measured. */
export const pricesFile = File.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, 'prices.json'), 'utf8')),
);

/** @throws when prices.json has no such price */
export const priceOf = (id: string): Price => {
  const price = pricesFile.prices.find((each) => each.id === id);
  if (!price) throw new Error(`prices.json has no price "${id}"`);
  return price;
};

/** @throws when prices.json assumes nothing of the kind */
export const assumed = (id: string): number => {
  const found = pricesFile.assumptions.find((each) => each.id === id);
  if (!found) throw new Error(`prices.json assumes nothing of "${id}"`);
  return found.value;
};
