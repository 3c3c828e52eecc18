import type { IndexEntry } from '../../../lib/search/search-index.ts';

/** What the corpus holds besides its vocabulary, and how often. */
export const PLANTED = {
  /** In every post. */
  everywhere: 'harbour',
  /** In every post but those that hold `odd`, and the other way round: both are common and hardly ever meet. */
  even: 'lantern',
  odd: 'meadow',
  /** In one post of a thousand. */
  rare: 'zeppelin',
  /** In one post, the oldest. */
  once: 'quicksilver',
} as const;

/** Of how many posts one holds both `even` and `odd`. */
const MEET_EVERY = 20_000;
const RARE_EVERY = 1_000;
const VOCABULARY = 20_000;
const WORDS_A_POST = 6;
const FIRST = Date.UTC(2026, 0, 1);
const CONSONANTS = 'bdfgklmnprstvz';
const VOWELS = 'aeiou';

/** The same numbers on every machine: mulberry32. */
const randomOf = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** The word of a rank: syllables, so that many share their first letters, as words do. */
const wordOf = (rank: number): string => {
  let word = '';
  for (let left = rank + 70; left > 0; left = Math.floor(left / 70)) {
    word += `${CONSONANTS[left % 14]}${VOWELS[Math.floor(left / 14) % 5]}`;
  }
  return `${word}n`;
};

/**
 * Published posts, oldest first, a second apart. Six words of each are drawn by Zipf's law (a word's frequency is as
 * one to its rank), so that some are in most posts and most are in a few; the planted ones come on top.
 */
export function* searchCorpus(count: number): Generator<IndexEntry> {
  const random = randomOf(8);
  for (let index = 0; index < count; index += 1) {
    const meets = index % MEET_EVERY === MEET_EVERY / 2;
    const words: string[] = [PLANTED.everywhere];
    if (meets || index % 2 === 0) words.push(PLANTED.even);
    if (meets || index % 2 === 1) words.push(PLANTED.odd);
    if (index % RARE_EVERY === 0) words.push(PLANTED.rare);
    if (index === 0) words.push(PLANTED.once);
    for (let drawn = 0; drawn < WORDS_A_POST; drawn += 1) {
      words.push(wordOf(Math.floor(VOCABULARY ** random())));
    }
    yield {
      postId: `01M7${index.toString(10).padStart(22, '0')}`,
      userId: `user-${index % 1_000}`,
      type: 'text',
      timestamp: new Date(FIRST + index * 1_000).toISOString(),
      content: words.join(' '),
      version: 1,
      visible: true,
      removed: false,
    };
  }
}
