import { linkLabelsOf } from './link-rules.ts';
import type { ReviewText } from './moderate-post.ts';
import type { ModerationRules } from './rules.ts';
import { wordFinder } from './word-rules.ts';

const longestRun = (text: string): number =>
  Math.max(
    0,
    ...Array.from(text.matchAll(/(\S)\1*/gu), ([run, character = '']) => run.length / character.length),
  );

const words = new Intl.Segmenter('en', { granularity: 'word' });

/** Whether a text mostly repeats one character, or one word. */
const isRepetitive = (
  { longestRunOfOneCharacter, sameWordShare, fromWords }: ModerationRules['repetition'],
  text: string,
): boolean => {
  if (longestRun(text) > longestRunOfOneCharacter) return true;
  const found = Array.from(words.segment(text.toLowerCase())).filter(({ isWordLike }) => isWordLike);
  const counts = Object.values(Object.groupBy(found, ({ segment }) => segment)).map(
    (same) => same?.length ?? 0,
  );
  return found.length >= fromWords && Math.max(...counts) / found.length > sameWordShare;
};

/** The built-in reviewer: word list, links and repetition, all by `rules`. */
export const ruleReviewer = (rules: ModerationRules): ReviewText => {
  const blockedWordsIn = wordFinder(rules.words);
  const linkLabels = linkLabelsOf(rules.links);
  return async (text) => {
    const scores: Record<string, number> = {};
    if (blockedWordsIn(text).length > 0) scores.profanity = rules.words.score;
    for (const label of linkLabels(text)) scores[label] = rules.links.score;
    if (isRepetitive(rules.repetition, text)) scores.repetition = rules.repetition.score;

    const flagged = Object.values(scores).some((score) => score >= rules.flagFromScore);
    return { decision: flagged ? 'flagged' : 'approved', labels: Object.keys(scores), scores };
  };
};
