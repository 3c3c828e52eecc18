import { resolveConfusablesTransformer } from 'obscenity';

const { transform } = resolveConfusablesTransformer();

// What the table lacks, or reads as an l.
const MORE = new Map(Object.entries({ ꜰ: 'f', ı: 'i', ɪ: 'i', ι: 'i', Ι: 'I', І: 'I', Ӏ: 'I', μ: 'u' }));

const inTable = (character: string): string => {
  const codePoint = character.codePointAt(0) ?? 0;
  return String.fromCodePoint(transform(codePoint) ?? codePoint);
};

const lookAlikeOf = (character: string): string => {
  const known = MORE.get(character) ?? character;
  // The table lacks some capitals.
  const lookAlike =
    [known, known.toLowerCase()].map(inTable).find((latin) => /\p{ASCII}/u.test(latin)) ?? known;
  // A letter that looks like a digit, such as a Cyrillic ze, stays a letter.
  return /\d/.test(lookAlike) && /\p{L}/u.test(character) ? character : lookAlike;
};

const lookAlikes = (text: string): string => Array.from(text, lookAlikeOf).join('');

const INVISIBLE_OR_COMBINING = /\p{Default_Ignorable_Code_Point}|[\u0300-\u036f]|[\u20d0-\u20ff]/gu;

// Letters, with the digits and signs that stand among them.
const WORD = /[\p{L}\p{N}@$]+(?:[!|*][\p{L}\p{N}@$]+)*/gu;
// A word of another script stays as it is, unless all of its letters look Latin. A letter alone is no word: it may be
// one of "с о с к".
const OTHER_SCRIPT = /^(?:\p{sc=Greek}{2,}|\p{sc=Cyrillic}{2,}|\p{sc=Armenian}{2,}|\p{Lo}+)$/u;
const LATIN_AT_A_GLANCE = /^[авгекмнопрстухцьґғіјѕһԁԛԝѵӏ]+$/iu;

/** A text without accents, widths, ornaments and invisible characters, and with Latin letters for look-alikes. */
export const inLatinLetters = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(INVISIBLE_OR_COMBINING, '')
    .replace(/[^\p{L}\p{ASCII}]+/gu, lookAlikes)
    .replace(WORD, (word) =>
      OTHER_SCRIPT.test(word) && !LATIN_AT_A_GLANCE.test(word) ? word : word.replace(/\p{L}+/gu, lookAlikes),
    );
