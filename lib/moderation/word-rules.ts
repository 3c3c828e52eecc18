import {
  collapseDuplicatesTransformer,
  DataSet,
  englishDataset,
  englishRecommendedBlacklistMatcherTransformers,
  englishRecommendedTransformers,
  parseRawPattern,
  RegExpMatcher,
} from 'obscenity';
import type { ModerationRules } from './rules.ts';
import { isWrittenWithoutSpaces } from './words-in.ts';

type Matches = (text: string) => boolean;

// Single letters set apart: "s h i t", "s.h.i.t". Four at least, so that initials stay what they are.
const SPACED_OUT = /(?<![\p{L}\p{N}])(?:[\p{L}\p{N}@$!][\s._*-]+){3,}[\p{L}\p{N}@$!](?![\p{L}\p{N}])/gu;

/** Compatibility forms made plain, characters that show nothing left out, white space made single spaces. */
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/\s+/gu, ' ');

// Digits stand for letters inside words only: 455 is a number, a55 is not.
const NUMBER = /(?<![\p{L}\p{N}@$!])\p{N}+(?:[.,:/-]\p{N}+)*(?![\p{L}\p{N}@$!])/gu;

const withoutNumbers = (text: string): string => text.replace(NUMBER, ' ');

const closedUp = (text: string): string =>
  text.replace(SPACED_OUT, (letters) => letters.replace(/[\s._*-]+/gu, ''));

const englishWords = (notBlocked: readonly string[]): Matches => {
  const left = new Set(notBlocked);
  const words = new DataSet<{ originalWord: string }>()
    .addAll(englishDataset)
    .removePhrasesIf(({ metadata }) => left.has(metadata?.originalWord ?? ''));
  const matcher = new RegExpMatcher({ ...words.build(), ...englishRecommendedTransformers });
  return (text) => matcher.hasMatch(text);
};

// Look-alikes, signs for letters, capitals: those of the English list, which are made with the package. Its fourth leaves
// some letters double.
const DISGUISES = englishRecommendedBlacklistMatcherTransformers.slice(0, 3);

/** The characters that mean something in a pattern of obscenity, taken literally. */
const escaped = (phrase: string): string => phrase.replace(/[[\]?|\\]/g, '\\$&');

/** Bounded where the phrase begins and ends with a word; "|" is obscenity's word boundary. */
const wholeWords = (pattern: string): string =>
  `${/^\w/.test(pattern) ? '|' : ''}${pattern}${/\w$/.test(pattern) ? '|' : ''}`;

const asciiPhrases = (phrases: readonly string[]): Matches => {
  // Repeated letters are one letter, in the phrase as in the text.
  const patterns = phrases.map((phrase) =>
    parseRawPattern(wholeWords(escaped(phrase.toLowerCase().replace(/(.)\1+/g, '$1')))),
  );
  const matcher = new RegExpMatcher({
    blacklistedTerms: patterns.map((pattern, id) => ({ id, pattern })),
    blacklistMatcherTransformers: [...DISGUISES, collapseDuplicatesTransformer({ defaultThreshold: 1 })],
  });
  return (text) => matcher.hasMatch(text);
};

// The disguises that obscenity resolves end in ASCII, so phrases of other scripts are looked for as they are.
const otherPhrase = (phrase: string): Matches => {
  const literal = plain(phrase).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const whole = isWrittenWithoutSpaces(phrase) ? literal : `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`;
  const pattern = new RegExp(whole, 'iu');
  return (text) => pattern.test(text);
};

const isAscii = (phrase: string): boolean => /^[\x20-\x7e]+$/.test(phrase);

/**
 * Finds blocked words and phrases, also disguised ones: look-alike letters, digits for letters, repeated,
 * spaced-out and invisibly divided letters. Innocent words that contain one are known to the English list.
 */
export const wordMatcher = ({
  useEnglishList,
  alsoBlocked,
  notBlocked,
}: ModerationRules['words']): Matches => {
  const matchers = [
    ...(useEnglishList ? [englishWords(notBlocked)] : []),
    asciiPhrases(alsoBlocked.filter(isAscii)),
    ...alsoBlocked.filter((phrase) => !isAscii(phrase)).map(otherPhrase),
  ];
  return (text) => {
    const readable = plain(text);
    // The text as written comes first: the English list's innocent phrases need its spaces.
    return [text, readable, closedUp(readable)].some((variant) =>
      matchers.some((matches) => matches(withoutNumbers(variant))),
    );
  };
};
