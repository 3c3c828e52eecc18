import { resolveConfusablesTransformer } from 'obscenity';

const { transform } = resolveConfusablesTransformer();

// What the table lacks, or reads as an l.
const MORE = new Map(Object.entries({ ꜰ: 'f', ı: 'i', ɪ: 'i', ι: 'i', Ι: 'I', І: 'I', Ӏ: 'I', μ: 'u' }));

const lookAlikeOf = (character: string): string => {
  const codePoint = (MORE.get(character) ?? character).codePointAt(0) ?? 0;
  const lookAlike = String.fromCodePoint(transform(codePoint) ?? codePoint);
  // A letter that looks like a digit, such as a Cyrillic ze, stays a letter.
  return /\d/.test(lookAlike) && /\p{L}/u.test(character) ? character : lookAlike;
};

const lookAlikes = (text: string): string => Array.from(text, lookAlikeOf).join('');

const INVISIBLE_OR_COMBINING = /\p{Default_Ignorable_Code_Point}|[\u0300-\u036f]|[\u20d0-\u20ff]/gu;

// A word of another script stays as it is, unless all of its letters look Latin.
const OTHER_SCRIPT = /^(?:\p{sc=Greek}+|\p{sc=Cyrillic}+|\p{sc=Armenian}+|\p{Lo}+)$/u;
const LATIN_AT_A_GLANCE = /^[авгекмнопрстухцьґғіјѕһԁԛԝѵӏ]+$/iu;

/** A text without accents, widths, ornaments and invisible characters, and with Latin letters for look-alikes. */
export const inLatinLetters = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(INVISIBLE_OR_COMBINING, '')
    .replace(/[^\p{L}\p{ASCII}]+/gu, lookAlikes)
    .replace(/\p{L}+/gu, (word) =>
      OTHER_SCRIPT.test(word) && !LATIN_AT_A_GLANCE.test(word) ? word : lookAlikes(word),
    );
