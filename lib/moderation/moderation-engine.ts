import { ComprehendClient } from '@aws-sdk/client-comprehend';
import { lazy } from '#lib/platform/lazy.ts';
import * as z from '#lib/platform/zod.ts';
import { comprehendReviewer } from './comprehend-reviewer.ts';
import type { ReviewText } from './review.ts';
import { reviewInTurn } from './review-in-turn.ts';
import { ruleReviewer } from './rule-reviewer.ts';
import { moderationRules } from './rules.ts';

/** What a function that moderates has in its environment. */
export const ModerationConfig = z.object({
  MODERATION: z.enum(['rules', 'comprehend', 'rules,comprehend']),
  /** The score from which Comprehend's labels flag a post. */
  TOXICITY_THRESHOLD: z.coerce.number().check(z.minimum(0), z.maximum(1)),
});
export type ModerationConfig = z.infer<typeof ModerationConfig>;

/** The reviewer that the stack was deployed with. */
export const moderationReviewer = ({ MODERATION, TOXICITY_THRESHOLD }: ModerationConfig): ReviewText => {
  const byRules = ruleReviewer(moderationRules);
  if (MODERATION === 'rules') return byRules;

  const options = { flagFromScore: TOXICITY_THRESHOLD, otherwise: byRules };
  // Made with its first use: who reviews by rules alone does not pay for it at the start.
  const byComprehend = comprehendReviewer(
    lazy(() => new ComprehendClient({})),
    options,
  );
  return MODERATION === 'comprehend' ? byComprehend : reviewInTurn([byRules, byComprehend]);
};
