/** Longer words are cut, in the index and in queries alike. */
const MAX_WORD_LETTERS = 64;
/** The first different words of a post are indexed. It bounds what one post costs. */
export const MAX_INDEXED_WORDS = 200;

/** A word of a text, folded, with the place where it is written: UTF-16 offsets, end exclusive. */
export interface PlacedWord {
  word: string;
  start: number;
  end: number;
}

// Fixed, so that the machine's locale does not matter. Thai, Chinese, Japanese, Khmer… are segmented in any.
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/** What reads as a gap: the zero-width space, the fillers of Hangul, and marks that are no part of the word before. */
const GAPS = /[\u200B\u115F\u1160\u3164\uFFA0™℠]/gu;
/** Soft hyphens, marks of direction, joiners, byte order marks, variation selectors; and the frames of keycaps. */
const UNSEEN = /[[\p{Default_Ignorable_Code_Point}\p{Me}]--[\u200B\u115F\u1160\u3164\uFFA0]]/gv;
const APOSTROPHES = /[`\u00B4\u2018\u2019\u201B\u02B9\u02BB\u02BC]/gu;
/** A character with whatever combines with it or is not seen beside it: what is normalised by itself. */
const CLUSTERS =
  /[\s\S][[\p{M}\p{Default_Ignorable_Code_Point}\u1161-\u11FF\uFF9E\uFF9F]--[\u200B\u1160\u3164\uFFA0]]*/gv;
/** NFKC splits these letters of Thai and Lao, and dictionaries do not have the words without them. */
const KEPT_WHOLE = /^[\u0E33\u0EB3]/u;

const plainCluster = (cluster: string): string => {
  const seen = cluster.replace(GAPS, ' ').replace(UNSEEN, '').replace(APOSTROPHES, "'");
  return KEPT_WHOLE.test(seen) ? seen : seen.normalize('NFKC');
};

/** Each code unit of `plain` stands for `starts` to `ends` of the text as it is written. */
interface PlainText {
  plain: string;
  starts: number[];
  ends: number[];
}

/** Compatibility forms, kinds of apostrophes and invisible characters make no difference to words. */
const plainText = (text: string): PlainText => {
  const [starts, ends]: [number[], number[]] = [[], []];
  let plain = '';
  for (const { 0: cluster, index } of text.matchAll(CLUSTERS)) {
    plain += plainCluster(cluster);
    while (starts.length < plain.length) {
      starts.push(index);
      ends.push(index + cluster.length);
    }
  }
  return { plain, starts, ends };
};

// Lower, upper, lower: "ß", "ẞ" and "SS" meet in "ss", and "ı" and "I" in "i"; "İ" would keep its dot. The final sigma
// is a matter of place, not of letter.
const foldCase = (word: string): string =>
  word
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replaceAll('i\u0307', 'i')
    .replaceAll('ς', 'σ')
    .normalize('NFKC');

// The segmenter keeps "node.js" and "snake_case" whole; their parts are what people look for. "3.14" stays.
const PARTS = /(?:[^._:]|(?<=\p{N})[._:]+(?=\p{N}))+/gu;

/**
 * The words of a text in reading order: normalised (NFKC), case-folded, cut at the word boundaries of Unicode Standard
 * Annex 29.
 */
export function* placedWords(text: string): Generator<PlacedWord> {
  const { plain, starts, ends } = plainText(text);
  for (const { segment, index, isWordLike } of segmenter.segment(plain)) {
    if (!isWordLike) continue;
    for (const part of segment.matchAll(PARTS)) {
      const first = index + part.index;
      const last = first + part[0].length - 1;
      const word = Array.from(foldCase(part[0])).slice(0, MAX_WORD_LETTERS).join('');
      yield { word, start: starts[first] ?? 0, end: ends[last] ?? text.length };
    }
  }
}

/** The different words of a text, in the order of their first occurrence. */
export const wordsOf = (text: string): string[] => [...new Set(placedWords(text).map(({ word }) => word))];

/** Different words, and beside each the offset of its first occurrence. */
export interface IndexedWords {
  words: string[];
  offsets: number[];
}

/** The words by which a post is found. */
export const indexedWords = (content: string): IndexedWords => {
  const offsets = new Map<string, number>();
  for (const { word, start } of placedWords(content)) {
    if (!offsets.has(word)) offsets.set(word, start);
    if (offsets.size === MAX_INDEXED_WORDS) break;
  }
  return { words: [...offsets.keys()], offsets: [...offsets.values()] };
};

/** Whether a text has every one of these words. */
export const holdsAll = ({ words }: Pick<IndexedWords, 'words'>, wanted: readonly string[]): boolean =>
  wanted.every((word) => words.includes(word));

/** The offset of the first of these words in a text that has them all. */
export const firstOf = ({ words, offsets }: IndexedWords, wanted: readonly string[]): number =>
  Math.min(...wanted.map((word) => offsets[words.indexOf(word)] ?? 0));
