import { MIN_PREFIX_LETTERS, meets, type WordCondition } from '../words.ts';

/**
 * A posting says that a post holds certain words, and lies in the partition of the letters they begin with:
 *
 * - of one and two letters: the words that are exactly these letters
 * - of three letters: every word that begins with them, so that prefixes can be found
 * - of four letters: the words that are exactly these letters
 * - of five letters: every word that begins with them, so that longer words do not share the crowd of their first three
 *
 * A post thus has at most two postings for each word, and its words share them.
 */
const LONG_STEM_LETTERS = 5;

/**
 * Into how many partitions the postings of one stem are spread. DynamoDB takes 1,000 writes a second in a
 * partition, and postings are written in order of time, which its own splitting of hot partitions cannot help;
 * a word in every post could hold up indexing at 1,000 posts a second. Four make it 4,000. A post of ten words
 * has about 20 items, so a table's default quota of 40,000 write units ends at 2,000 such posts a second, first.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-sharding.html
 */
export const SHARDS = 4;

/** A stem with the words of one post that it stands for. */
export interface Posting {
  stem: string;
  words: string[];
}

const stemsOf = (word: string): string[] => {
  const letters = Array.from(word);
  if (letters.length < MIN_PREFIX_LETTERS) return [word];
  const short = letters.slice(0, MIN_PREFIX_LETTERS).join('');
  const long = letters.slice(0, LONG_STEM_LETTERS).join('');
  return short === long ? [short] : [short, long];
};

/** The postings of a post with these words. */
export const postingsOf = (words: readonly string[]): Posting[] => {
  const byStem = new Map<string, string[]>();
  for (const word of words) {
    for (const stem of stemsOf(word)) byStem.set(stem, [...(byStem.get(stem) ?? []), word]);
  }
  return [...byStem].map(([stem, stemWords]) => ({ stem, words: stemWords }));
};

/** The stem whose postings hold every post that meets the condition, and the fewest others. */
export const stemToRead = ({ word, prefix }: WordCondition): string => {
  const letters = Array.from(word);
  if (letters.length >= LONG_STEM_LETTERS) return letters.slice(0, LONG_STEM_LETTERS).join('');
  return prefix ? letters.slice(0, MIN_PREFIX_LETTERS).join('') : word;
};

/** Whether a posting's words meet the condition. */
export const postingMeets = (condition: WordCondition, words: readonly string[]): boolean =>
  words.some(meets(condition));

/** The shard that holds a post's postings, by its id: FNV-1a, 32 bits. */
export const shardOf = (postId: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < postId.length; index += 1) {
    hash = Math.imul(hash ^ postId.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash % SHARDS;
};

export const partitionOf = (stem: string, shard: number): string => `stem#${stem}#${shard}`;

/** Fixed width, so that places sort by time; a post's later generations share its place. */
export const placeOf = ({ timestamp, postId }: { timestamp: string; postId: string }): string =>
  `${new Date(timestamp).toISOString()}#${postId}`;
