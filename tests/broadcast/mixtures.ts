import type { Message } from '#lib/broadcast/pack.ts';

/** What a call takes: https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html */
export const LIMIT = 256 * 1_024;

/** What SNS counts for a message, worked out from what is sent and not by the code under test. */
export const sizeOf = ({ body, attributes }: Message): number => {
  const texts = Object.entries(attributes).flatMap(([name, value]) => [name, 'String', value]);
  return new TextEncoder().encode([body, ...texts].join('')).byteLength;
};

/** A message of that many bytes. */
export const messageOfSize = (bytes: number, position: number): Message => {
  const attributes = { eventType: 'INSERT', contentType: 'text', status: 'draft', change: 'drafted' };
  const around = sizeOf({ id: '', body: '', attributes, bytes: 0 });
  return { id: `${position}`, body: 'x'.repeat(bytes - around), attributes, bytes };
};

/** Numbers from 0 to 1 as if by chance, always the same: what is claimed below is claimed of usual batches. */
const chances = (seed: number, count: number): number[] => {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  });
};

export const sumOf = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/**
 * No packing needs fewer calls: by count, by bytes, and by what cannot be together. Of messages over half a call no two
 * can; for each size up to half, those that leave no room for it are alone, and what the others leave of their calls
 * has to take everything of that size or more.
 * @see https://doi.org/10.1016/0166-218X(90)90094-S the bound L2 of Martello and Toth
 */
export const fewestCalls = (sizes: readonly number[]): number => {
  const half = LIMIT / 2;
  const bounds = sizes
    .filter((size) => size <= half)
    .map((size) => {
      const alone = sizes.filter((one) => one > LIMIT - size);
      const long = sizes.filter((one) => one > half && one <= LIMIT - size);
      const others = sizes.filter((one) => one <= half && one >= size);
      const overflow = sumOf(others) - (long.length * LIMIT - sumOf(long));
      return alone.length + long.length + Math.max(0, Math.ceil(overflow / LIMIT));
    });
  return Math.max(Math.ceil(sizes.length / 10), Math.ceil(sumOf(sizes) / LIMIT), ...bounds);
};

const between = (least: number, most: number) => (chance: number) =>
  Math.floor(least + chance * (most - least));
/** Small ones from `share` down, others above it. */
const either = (share: number, small: (chance: number) => number, large: (chance: number) => number) => {
  return (chance: number) => (chance < share ? small(chance / share) : large((chance - share) / (1 - share)));
};

/** Sizes of messages in bytes, each from a number between 0 and 1. */
export const MIXTURES: readonly [what: string, size: (chance: number) => number][] = [
  ['posts of every length', between(300, 30_500)],
  ['mostly short posts', either(0.9, between(300, 600), between(20_000, 30_500))],
  ['short and long posts', either(0.5, between(300, 600), between(25_000, 30_500))],
  ['long posts', between(20_000, 30_500)],
  ['messages of up to half a call', between(300, LIMIT / 2)],
  ['messages of up to 200 kB', between(300, 200_000)],
  ['messages of up to 200 kB, most of them short', (chance) => Math.floor(300 * (200_000 / 300) ** chance)],
  ['short messages and some of up to 200 kB', either(0.8, between(300, 2_000), between(50_000, 200_000))],
  ['posts and some of 100 to 160 kB', either(0.7, between(300, 30_500), between(100_000, 160_000))],
];

/** The sizes of several batches of `count` messages. */
export const mixtures = (size: (chance: number) => number, count: number, batches: number): number[][] =>
  Array.from({ length: batches }, (_, batch) => chances(batch + 1, count).map(size));
