import fc from 'fast-check';

/**
 * Any character of Unicode, as the unit of strings. fast-check's own ("binary") makes a table of all million of them
 * first, which takes a second in each file.
 */
export const codePoint = fc
  .oneof(
    { weight: 0xd800, arbitrary: fc.nat({ max: 0xd7ff }) },
    { weight: 0x102000, arbitrary: fc.integer({ min: 0xe000, max: 0x10ffff }) },
  )
  .map((value) => String.fromCodePoint(value));
