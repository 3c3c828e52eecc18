/**
 * What a terminal obeys instead of showing it: controls (C0, DEL, C1), marks that change the direction of text, and
 * separators of lines. Besides them halves of surrogate pairs, which are no text.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

const escaped = (character: string): string =>
  character === '\t' ? ' ' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * One line that can be shown in a terminal, whoever wrote the text: what a terminal would obey is escaped as in JSON
 * (`\u001b`), so that JSON stays the same JSON. A tab becomes a space.
 */
export const printable = (text: string): string => text.replace(UNPRINTABLE, escaped);

/** Lines of our own making that hold other people's texts: only the newlines are kept. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n');
