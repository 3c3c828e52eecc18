const words = new Intl.Segmenter('en', { granularity: 'word' });

/**
 * Cuts a text into segments of at most `maxBytes` of UTF-8, between words, or between the characters of a word that is
 * too long. Nothing is lost: the segments joined are the text.
 * @param maxBytes at least 4, the longest character
 */
export const segmentsOf = (text: string, maxBytes: number): string[] => {
  const pieces = Array.from(words.segment(text), ({ segment }) => segment).flatMap((word) =>
    Buffer.byteLength(word) <= maxBytes ? [word] : Array.from(word),
  );
  const segments: string[] = [];
  let current = '';
  for (const piece of pieces) {
    if (Buffer.byteLength(current + piece) > maxBytes) {
      segments.push(current);
      current = '';
    }
    current += piece;
  }
  return current === '' ? segments : [...segments, current];
};
