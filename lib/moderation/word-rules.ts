import { inLatinLetters } from './latin-letters.ts';
import type { ModerationRules } from './rules.ts';

/** Next to a word, makes it part of a longer one. Scripts without spaces do not. */
const LETTER = String.raw`[\p{L}--[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}\p{sc=Mymr}]]`;

/** The digits and signs that stand for a letter. */
const SIGNS: Readonly<Record<string, string>> = {
  a: 'a4@*#%',
  b: 'b8',
  c: String.raw`c\(`,
  e: 'e3*#%',
  g: 'g6',
  i: String.raw`i1!\|*#%`,
  l: String.raw`l1\|\/`,
  o: 'o0*#%',
  s: 's5$',
  t: 't7+',
  u: 'u*#%',
  z: 'z2',
  ' ': String.raw`\s\p{P}`,
  '*': 'a-z0-9@$',
};

/**
 * The pattern of a word or phrase: each letter by any of its signs, and repeated at will. It never begins within a run
 * of its first letter, which keeps matching linear.
 */
const patternOf = (word: string): string =>
  Array.from(
    inLatinLetters(word)
      .toLowerCase()
      .matchAll(/(.)\1*/gu),
    ([run, letter = ''], index) => {
      const isFirst = index === 0 || (index === 1 && word.startsWith('*'));
      const signs = SIGNS[letter];
      const one = signs ? `[${isFirst ? signs.replace('*#%', '') : signs}]` : RegExp.escape(letter);
      const many = letter === '*' ? `${one}*` : run.length === 1 ? `${one}+` : `${one}{${run.length},}`;
      return isFirst ? `(?<!${one})${many}` : many;
    },
  ).join('');

const anyOf = (patterns: readonly string[]): string => `(?:${patterns.join('|') || '(?!)'})`;

/** Longer words first, because "cock$" is "cocks" and not "cock". */
const wholeWords = (words: readonly string[], neighbour: string): RegExp => {
  const patterns = words.toSorted((a, b) => b.length - a.length).map(patternOf);
  return new RegExp(`(?<!${neighbour})${anyOf(patterns)}(?!${neighbour})`, 'gv');
};

const wordsOf = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => line.split(',').map((word) => word.trim()));

// Numbers are not disguised words, nor are designations and measures such as A55 and 45s.
const NUMBER = /(?<![\p{L}\p{N}@$!][(|/]?)\p{Lu}{0,2}\p{N}+(?:[.,:/-]\p{N}+)*\p{L}?(?![\p{L}\p{N}@$!])/gu;

/** At least four letters apart, so that initials stay what they are. */
const spellingBy = (letter: string) => {
  const gap = `[^${letter}]`;
  const pattern = String.raw`(?<![\p{L}\p{N}])(?:[${letter}]${gap}{1,10}){3,}[${letter}](?![\p{L}\p{N}])`;
  return { spelling: new RegExp(pattern, 'gu'), gaps: new RegExp(`${gap}+`, 'gu') };
};
// Signs that replace a letter may also separate letters.
const SPELLINGS = [spellingBy(String.raw`\p{L}\p{N}@$!`), spellingBy(String.raw`\p{L}\p{N}@$!*\|`)];

/** The words that a text spells out letter by letter, as in "s h i t", "s.h.i.t" and "s h * t". */
const spelledOut = (text: string): string =>
  SPELLINGS.flatMap(({ spelling, gaps }) =>
    Array.from(text.matchAll(spelling), ([letters]) => letters.replace(gaps, '')),
  ).join(' ');

/** A text with the words of "EatShit" apart. */
const divided = (text: string): string => text.replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ');

/** A text with the pieces of "sh-it" and "fu.ck" as one. */
const undivided = (text: string): string => text.replace(/(?<=\p{L})[-._~*]+(?=\p{L})/gu, '');

/** Whether a text has a word the way it is ordinarily written. */
const isPlainIn = (text: string, word: string): boolean =>
  [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)].some((form) =>
    text.includes(form),
  );

/**
 * Finds the blocked words of a text, also in disguise: look-alike letters, digits for letters, repeated, spelled-out,
 * starred-out and invisibly divided ones. Words match whole, so that "Scunthorpe" is innocent.
 * @returns a function that gives the words found, in plain Latin letters
 */
export const wordFinder = ({ blocked, blockedInDisguise, allowed }: ModerationRules['words']) => {
  const unambiguous = wordsOf(blocked);
  const ambiguous = new Set(wordsOf(blockedInDisguise));
  const always = wholeWords(unambiguous, LETTER);
  const disguised = wholeWords([...ambiguous], String.raw`[${LETTER}\p{N}]`);
  const stems = [...unambiguous, ...ambiguous].map((word) => word.replaceAll('*', ''));
  const within = new RegExp(anyOf(stems.filter((stem) => stem.length > 3).map(patternOf)), 'gv');
  const innocent = new RegExp(
    String.raw`(?<![\p{L}\p{N}])${anyOf(wordsOf(allowed).map(RegExp.escape))}(?![\p{L}\p{N}$*]|[!@\|]\p{L})`,
    'giv',
  );

  const found = (pattern: RegExp, text: string): string[] =>
    (text.replace(NUMBER, ' ').toLowerCase().match(pattern) ?? []).filter((match) =>
      /\p{L}|\d\$\$/u.test(match),
    );

  return (text: string): string[] => {
    const given = text.replace(innocent, ' ');
    const latin = inLatinLetters(given);
    const spelled = spelledOut(latin);
    return [
      ...[latin, divided(latin), undivided(latin)].flatMap((variant) => found(always, variant)),
      ...(spelled === '' ? [] : found(within, spelled)),
      ...found(disguised, latin)
        // A closing exclamation mark is one, and not an i.
        .map((match) => match.replace(/!+$/, ''))
        .filter((match) => !ambiguous.has(match) || !isPlainIn(given, match)),
    ];
  };
};
