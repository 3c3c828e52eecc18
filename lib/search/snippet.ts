import { placedWords } from './words.ts';

/** A part of a post's text; `highlights` are the found words in it, as UTF-16 offsets, end exclusive. */
export interface Snippet {
  text: string;
  highlights: { start: number; end: number }[];
}

/** In UTF-16 code units, ellipses included. */
const MAX_LENGTH = 200;
/** How much of the text precedes the first found word. */
const LEAD = 40;
const ELLIPSIS = '…';

/**
 * The part of `content` around the first found word, with every found word in it marked.
 * @param wanted the words of the query
 * @param first the offset in `content` of the first of them
 */
export const snippetOf = (content: string, wanted: readonly string[], first: number): Snippet => {
  const isShort = content.length <= MAX_LENGTH;
  const from = isShort ? 0 : startOf(content, first);
  const before = from > 0 ? ELLIPSIS : '';
  const to = isShort ? content.length : endOf(content, from + MAX_LENGTH - before.length);
  const after = to < content.length ? ELLIPSIS : '';
  const marked = new Map<number, number>();
  // Words before the first found one cannot be found ones.
  for (const { word, start, end } of placedWords(content.slice(first, to))) {
    if (wanted.includes(word)) marked.set(first + start, first + end);
  }
  const shift = before.length - from;
  return {
    text: `${before}${content.slice(from, to)}${after}`,
    highlights: [...marked].map(([start, end]) => ({ start: start + shift, end: end + shift })),
  };
};

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** After white space if there is some, never inside a character. */
const startOf = (content: string, first: number): number => {
  if (first <= LEAD) return 0;
  const lead = content.slice(first - LEAD, first);
  const space = lead.search(/\s\S/u);
  if (space !== -1) return first - LEAD + space + 1;
  // The first one may have been cut.
  const [, second] = characters.segment(lead);
  return second ? first - LEAD + second.index : first;
};

/** Before white space if there is some near `limit`, never inside a character; leaves room for an ellipsis. */
const endOf = (content: string, limit: number): number => {
  if (limit >= content.length) return content.length;
  const begin = limit - MAX_LENGTH / 4;
  const tail = content.slice(begin, limit);
  const space = tail.search(/\s\S*$/u);
  if (space > 0) return begin + space;
  const last = [...characters.segment(tail)].at(-1);
  return begin + (last?.index ?? 0);
};
