import { createHash } from 'node:crypto';

/** A number from 0 up to 1 that depends on the seed and what it is for, and on nothing else. */
export const share = (seed: number, ...what: readonly (string | number)[]): number =>
  createHash('sha256')
    .update(`${seed}\n${what.join('\n')}`)
    .digest()
    .readUIntBE(0, 6) /
  2 ** 48;

/** One of `choices`, likelier the higher its weight. */
export const weighted = <Choice>(at: number, choices: readonly (readonly [Choice, number])[]): Choice => {
  const total = choices.reduce((sum, [, weight]) => sum + weight, 0);
  let left = at * total;
  for (const [choice, weight] of choices) {
    left -= weight;
    if (left < 0) return choice;
  }
  const last = choices.at(-1);
  if (!last) throw new Error('there is nothing to choose from');
  return last[0];
};

/** A series of numbers from 0 up to 1 (mulberry32), for what needs many. */
export const seriesOf = (seed: number, ...what: readonly (string | number)[]): (() => number) => {
  let state = Math.floor(share(seed, ...what) * 2 ** 32);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};
