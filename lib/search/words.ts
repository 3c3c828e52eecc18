/** From how many letters on the last word of a query also finds the words that it begins. */
export const MIN_PREFIX_LETTERS = 3;
/** Longer words are cut, in the index and in queries alike. */
const MAX_WORD_LETTERS = 64;

// Dictionary-based scripts (Thai, Chinese, Japanese, Khmer…) are segmented whatever the locale; it is fixed so that
// the machine's own does not matter.
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

// Lower, upper, lower: "ß", "ẞ" and "SS" meet in "ss". The final sigma is a matter of place, not of letter.
const foldCase = (text: string): string =>
  text.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFKC');

const lettersOf = (text: string): string[] => Array.from(text);

// The segmenter keeps "node.js" and "snake_case" whole; their parts are what people look for. "3.14" stays.
const splitCompound = (segment: string): string[] =>
  segment.split(/(?<!\p{N})[._:]+|[._:]+(?!\p{N})/u).filter((part) => part !== '');

/**
 * The words of a text in reading order, normalised (NFKC), case-folded and cut at word boundaries of Unicode
 * Standard Annex 29, repeated words included.
 */
export const wordsOf = (text: string): string[] =>
  [...segmenter.segment(text.normalize('NFKC'))]
    .filter((segment) => segment.isWordLike)
    .flatMap(({ segment }) => splitCompound(foldCase(segment)))
    .map((word) => lettersOf(word).slice(0, MAX_WORD_LETTERS).join(''));

/** The words of a text, each once, sorted: what the index knows of it. */
export const distinctWords = (text: string): string[] => [...new Set(wordsOf(text))].sort();

/** One condition a text has to meet: it holds `word`, or a word that begins with it. */
export interface WordCondition {
  word: string;
  prefix: boolean;
}

/** What a query asks for: every word of it, the last one also as the beginning of a word. */
export const conditionsOf = (query: string): WordCondition[] => {
  const words = wordsOf(query);
  const last = words.at(-1);
  if (last === undefined) return [];
  const prefix = lettersOf(last).length >= MIN_PREFIX_LETTERS;
  const whole = new Set(prefix ? words.slice(0, -1) : words);
  return [
    ...[...whole].map((word) => ({ word, prefix: false })),
    ...(prefix ? [{ word: last, prefix }] : []),
  ];
};

/** Whether a word meets a condition. */
export const meets =
  ({ word, prefix }: WordCondition) =>
  (candidate: string): boolean =>
    prefix ? candidate.startsWith(word) : candidate === word;

/** Word-like pieces of a text with their place in it, in UTF-16 code units. */
export const placedWords = (text: string): { words: string[]; start: number; end: number }[] =>
  [...segmenter.segment(text)]
    .filter((segment) => segment.isWordLike)
    .map(({ segment, index }) => ({
      words: wordsOf(segment),
      start: index,
      end: index + segment.length,
    }));
