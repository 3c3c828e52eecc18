import { priceOf } from './prices.ts';

/**
 * Which part of the service something is for: what a post costs in any design, the way from the stream to the
 * subscribers' work, or what stands there whether or not anything happens.
 */
export type Part = 'post' | 'fan-out' | 'idle';

/** So many of something in a month. */
export interface Use {
  part: Part;
  /** Of prices.json. */
  price: string;
  what: string;
  quantity: number;
}

export interface Line extends Use {
  service: string;
  usd: number;
}

export interface Bill {
  lines: Line[];
  total: number;
  byPart: Record<Part, number>;
  byService: Record<string, number>;
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** What of each price an account has for nothing goes to its first uses. */
const freeOf = (uses: readonly Use[]): Map<Use, number> => {
  const left = new Map<string, number>();
  return new Map(
    uses.map((use) => {
      const available = left.get(use.price) ?? priceOf(use.price).free;
      const taken = Math.min(available, use.quantity);
      left.set(use.price, available - taken);
      return [use, taken];
    }),
  );
};

/**
 * A month's bill in US dollars.
 * @param freeTier whether the account's free tiers are all this service's
 * @throws when something is used that prices.json does not know
 */
export const billOf = (uses: readonly Use[], { freeTier = false } = {}): Bill => {
  const free = freeTier ? freeOf(uses) : new Map<Use, number>();
  const lines = uses
    .filter(({ quantity }) => quantity > 0)
    .map((use): Line => {
      const { service, usd, per } = priceOf(use.price);
      return { ...use, service, usd: ((use.quantity - (free.get(use) ?? 0)) * usd) / per };
    });
  const ofPart = (part: Part) => sum(lines.filter((line) => line.part === part).map(({ usd }) => usd));
  const services = Map.groupBy(lines, ({ service }) => service);
  return {
    lines,
    total: sum(lines.map(({ usd }) => usd)),
    byPart: { post: ofPart('post'), 'fan-out': ofPart('fan-out'), idle: ofPart('idle') },
    byService: Object.fromEntries(
      [...services].map(([service, group]) => [service, sum(group.map(({ usd }) => usd))]),
    ),
  };
};
