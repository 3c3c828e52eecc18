import fc from 'fast-check';
import { printable, printableLines } from '../../src/printable.ts';

const NOTHING_TO_OBEY = /^[^\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]*$/u;

test.each([
  ['a colour', '\u001b[31mred', '\\u001b[31mred'],
  ['a title of the window', '\u001b]0;owned\u0007', '\\u001b]0;owned\\u0007'],
  ['a control sequence of eight bits', '\u009b31m', '\\u009b31m'],
  ['a carriage return that overwrites the line', 'fine\rforged', 'fine\\u000dforged'],
  ['a newline that forges a line', 'fine\nforged', 'fine\\u000aforged'],
  ['delete', 'a\u007f', 'a\\u007f'],
  ['a change of direction', 'a\u202eb\u2066c', 'a\\u202eb\\u2066c'],
  ['half of a surrogate pair', 'a\ud800b', 'a\\ud800b'],
  ['a tab', 'a\tb', 'a b'],
])('%s is shown and not obeyed', (_name, text, shown) => {
  expect(printable(text)).toBe(shown);
});

test('letters, emoji and what joins them stay as they are', () => {
  const text = 'Grüße, 漢字, می‌خواهم, 👩‍👩‍👧, e\u0301';
  expect(printable(text)).toBe(text);
});

test('no text is obeyed, and JSON stays the same JSON', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text)).toMatch(NOTHING_TO_OBEY);
      expect(JSON.parse(printable(JSON.stringify({ text })))).toEqual({ text });
    }),
  );
});

test('lines of our own keep their newlines and nothing else', () => {
  expect(printableLines('a\n  b\u001b[2J\n')).toBe('a\n  b\\u001b[2J\n');
});
