import type { ModerationRules } from './rules.ts';
import { wordsIn } from './words-in.ts';

const longestRun = (text: string): number => {
  let longest = 0;
  let run = 0;
  let previous = '';
  for (const character of text) {
    run = character === previous && !/\s/u.test(character) ? run + 1 : 1;
    previous = character;
    longest = Math.max(longest, run);
  }
  return longest;
};

const shareOfCommonestWord = (words: readonly string[]): number => {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Math.max(0, ...counts.values()) / words.length;
};

/** Whether a text mostly repeats itself: one character over and over, or one word. */
export const isRepetitive = (
  { longestRunOfOneCharacter, sameWordShare, fromWords }: ModerationRules['repetition'],
  text: string,
): boolean => {
  if (longestRun(text) > longestRunOfOneCharacter) return true;
  const words = wordsIn(text.toLowerCase());
  return words.length >= fromWords && shareOfCommonestWord(words) > sameWordShare;
};
