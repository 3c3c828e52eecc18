import { lazy } from '#lib/platform/lazy.ts';

const WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Whether a text holds a script that does not divide its words. */
export const isWrittenWithoutSpaces = (text: string): boolean => WITHOUT_SPACES.test(text);

const WORD = /[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{N}\p{M}]+)*/gu;

// Made for the first text that needs dictionaries: it loads the tables of all of Intl, a tenth of the function's start.
const byDictionary = lazy(() => new Intl.Segmenter('en', { granularity: 'word' }));

/** The words of a text in reading order, by dictionary where its script does not divide them. */
export const wordsIn = (text: string): string[] =>
  isWrittenWithoutSpaces(text)
    ? Array.from(byDictionary().segment(text)).flatMap(({ segment, isWordLike }) =>
        isWordLike ? [segment] : [],
      )
    : (text.match(WORD) ?? []);
