import type { ReviewText } from './review.ts';

/**
 * Lets several reviewers see a text, the cheapest first: the first one that flags it decides, and those after it
 * are not asked. What all approve is approved, with all that they found.
 */
export const reviewInTurn =
  (reviewers: readonly ReviewText[]): ReviewText =>
  async (text) => {
    const labels = new Set<string>();
    const scores: Record<string, number> = {};
    for (const review of reviewers) {
      const found = await review(text);
      for (const label of found.labels) labels.add(label);
      for (const [label, score] of Object.entries(found.scores)) {
        scores[label] = Math.max(score, scores[label] ?? 0);
      }
      if (found.decision === 'flagged') return { decision: 'flagged', labels: [...labels], scores };
    }
    return { decision: 'approved', labels: [...labels], scores };
  };
