import { linkLabels } from './link-rules.ts';
import { isRepetitive } from './repetition-rules.ts';
import type { ReviewText } from './review.ts';
import type { ModerationRules } from './rules.ts';
import { wordMatcher } from './word-rules.ts';

/** The built-in reviewer: word list, links and repetition, all by `rules`. */
export const ruleReviewer = (rules: ModerationRules): ReviewText => {
  const holdsBlockedWord = wordMatcher(rules.words);
  return async (text) => {
    const scores: Record<string, number> = {};
    if (holdsBlockedWord(text)) scores.profanity = rules.words.score;
    for (const label of linkLabels(rules.links, text)) scores[label] = rules.links.score;
    if (isRepetitive(rules.repetition, text)) scores.repetition = rules.repetition.score;

    const flagged = Object.values(scores).some((score) => score >= rules.flagFromScore);
    return { decision: flagged ? 'flagged' : 'approved', labels: Object.keys(scores), scores };
  };
};
