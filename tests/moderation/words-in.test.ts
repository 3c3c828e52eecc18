import fc from 'fast-check';
import { wordsIn } from '#lib/moderation/words-in.ts';

const LETTERS = ['a', 'z', 'é', 'ß', 'ж', 'ω', 'ع', 'ש', 'ने', 'ც', 'e\u0301', '7', "n't", 'o’c'];
const words = fc.array(
  fc.array(fc.constantFrom(...LETTERS), { minLength: 1, maxLength: 6 }).map((letters) => letters.join('')),
  { maxLength: 30 },
);
const between = fc.constantFrom(' ', '\n', ', ', '. ', '! ', ' – ', ' 🎉 ', ' (', '/');

test('words that are set apart are those of Unicode Standard Annex 29', () => {
  const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
  fc.assert(
    fc.property(words, between, (given, separator) => {
      const text = given.join(separator);
      const segments = Array.from(segmenter.segment(text));
      expect(wordsIn(text)).toEqual(
        segments.filter(({ isWordLike }) => isWordLike).map(({ segment }) => segment),
      );
      expect(wordsIn(text)).toEqual(given);
    }),
  );
});

test('words that are not set apart are found by dictionary', () => {
  expect(wordsIn('我喜欢北京')).toEqual(['我', '喜欢', '北京']);
  expect(wordsIn('สวัสดีครับ')).toEqual(['สวัสดี', 'ครับ']);
});
