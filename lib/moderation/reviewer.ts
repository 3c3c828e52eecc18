import { ComprehendClient } from '@aws-sdk/client-comprehend';
import * as z from 'zod';
import { comprehendReviewer } from './comprehend-reviewer.ts';
import type { ReviewText } from './review.ts';
import { ruleReviewer } from './rule-reviewer.ts';
import { moderationRules } from './rules.ts';

/** What a function that moderates has in its environment. */
export const ModerationConfig = z.object({
  MODERATION: z.enum(['rules', 'comprehend', 'rules,comprehend']),
  /** The score from which Comprehend's labels flag a post. */
  TOXICITY_THRESHOLD: z.coerce.number().min(0).max(1),
});
export type ModerationConfig = z.infer<typeof ModerationConfig>;

/** Asks the second reviewer only about what the first approves. */
export const inTurn =
  (first: ReviewText, second: ReviewText): ReviewText =>
  async (text) => {
    const found = await first(text);
    return found.decision === 'flagged' ? found : second(text);
  };

/** The reviewer that the stack was deployed with. */
export const configuredReviewer = ({ MODERATION, TOXICITY_THRESHOLD }: ModerationConfig): ReviewText => {
  const byRules = ruleReviewer(moderationRules);
  if (MODERATION === 'rules') return byRules;
  const options = { flagFromScore: TOXICITY_THRESHOLD, otherwise: byRules };
  const byComprehend = comprehendReviewer(new ComprehendClient({}), options);
  return MODERATION === 'comprehend' ? byComprehend : inTurn(byRules, byComprehend);
};
