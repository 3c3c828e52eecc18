import { meets, placedWords, type WordCondition } from './words.ts';

/** A part of a post's text; `highlights` are the found words in it, as UTF-16 offsets, end exclusive. */
export interface Snippet {
  text: string;
  highlights: { start: number; end: number }[];
}

/** The longest snippet, in UTF-16 code units, ellipses included. */
const MAX_LENGTH = 200;
/** How much of the text stands before the first found word. */
const LEAD = 40;
const ELLIPSIS = '…';

/** The part of `content` around the first word that meets a condition, with every such word in it marked. */
export const snippetOf = (content: string, conditions: readonly WordCondition[]): Snippet => {
  const pieces = placedWords(content);
  const found = pieces.filter(({ words }) => conditions.some((condition) => words.some(meets(condition))));

  if (content.length <= MAX_LENGTH) return { text: content, highlights: found.map(placeOf(0)) };

  const from = startOf(pieces, found[0]?.start ?? 0);
  const room = MAX_LENGTH - 2 * ELLIPSIS.length;
  const to = endOf(content, pieces, from, room);
  const before = from > 0 ? ELLIPSIS : '';
  const after = to < content.length ? ELLIPSIS : '';
  return {
    text: `${before}${content.slice(from, to)}${after}`,
    highlights: found
      .filter(({ start, end }) => start >= from && end <= to)
      .map(placeOf(from - before.length)),
  };
};

type Piece = ReturnType<typeof placedWords>[number];

const placeOf =
  (origin: number) =>
  ({ start, end }: Piece) => ({ start: start - origin, end: end - origin });

/** Starts at the beginning of a word, never inside a character. */
const startOf = (pieces: readonly Piece[], firstFound: number): number =>
  firstFound <= LEAD ? 0 : (pieces.find(({ start }) => start >= firstFound - LEAD)?.start ?? firstFound);

/** Ends at the end of a word if one ends in the second half, else between two characters. */
const endOf = (content: string, pieces: readonly Piece[], from: number, room: number): number => {
  const limit = from + room;
  if (limit >= content.length) return content.length;
  const word = pieces.findLast(({ end }) => end <= limit && end > from + room / 2);
  if (word) return word.end;
  const last = content.charCodeAt(limit - 1);
  return last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit;
};
