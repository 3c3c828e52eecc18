import { ComprehendClient } from '@aws-sdk/client-comprehend';
import * as z from 'zod';
import { comprehendReviewer } from './comprehend-reviewer.ts';
import type { ReviewText } from './moderate-post.ts';
import { ruleReviewer } from './rule-reviewer.ts';
import { moderationRules } from './rules.ts';

export const ModerationConfig = z.object({
  MODERATION: z.enum(['rules', 'comprehend', 'rules,comprehend']),
  /** The score from which Comprehend's labels flag a post. */
  TOXICITY_THRESHOLD: z.coerce.number().min(0).max(1),
});

/** Asks the second reviewer only about what the first approves. */
export const inTurn =
  (first: ReviewText, second: ReviewText): ReviewText =>
  async (text) => {
    const found = await first(text);
    return found.decision === 'flagged' ? found : second(text);
  };

export const configuredReviewer = (config: z.infer<typeof ModerationConfig>): ReviewText => {
  const byRules = ruleReviewer(moderationRules);
  if (config.MODERATION === 'rules') return byRules;
  const options = { flagFromScore: config.TOXICITY_THRESHOLD, otherwise: byRules };
  const byComprehend = comprehendReviewer(new ComprehendClient({}), options);
  return config.MODERATION === 'comprehend' ? byComprehend : inTurn(byRules, byComprehend);
};
