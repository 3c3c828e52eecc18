import { lazy } from '#lib/platform/lazy.ts';

const byteLength = (text: string): number => Buffer.byteLength(text, 'utf8');

// Few texts need it, and the first one of a process loads the tables of all of Intl.
const graphemes = lazy(() => new Intl.Segmenter('en', { granularity: 'grapheme' }));

/** Words with the white space after them; what is longer than a segment by itself falls into its characters. */
const piecesOf = (text: string, maxBytes: number): string[] =>
  (text.match(/\S+\s*|\s+/gu) ?? []).flatMap((piece) =>
    byteLength(piece) <= maxBytes ? [piece] : charactersOf(piece, maxBytes),
  );

const charactersOf = (piece: string, maxBytes: number): string[] =>
  Array.from(graphemes().segment(piece), ({ segment }) => segment).flatMap((character) =>
    // A character of any number of combining marks can be of any size.
    byteLength(character) <= maxBytes ? [character] : Array.from(character),
  );

/**
 * Cuts a text into segments of at most `maxBytes` of UTF-8, between words where there are any. Nothing is lost: the
 * segments together are the text.
 * @param maxBytes at least 4, the longest code point
 */
export const segmentsOf = (text: string, maxBytes: number): string[] => {
  const segments: string[] = [];
  let current = '';
  let size = 0;
  for (const piece of piecesOf(text, maxBytes)) {
    const bytes = byteLength(piece);
    if (size + bytes > maxBytes) {
      segments.push(current);
      current = '';
      size = 0;
    }
    current += piece;
    size += bytes;
  }
  return current === '' ? segments : [...segments, current];
};
