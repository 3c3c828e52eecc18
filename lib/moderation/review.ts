/** What a reviewer thinks of a text. `scores` maps each label to its confidence, 0 to 1. */
export interface Review {
  decision: 'approved' | 'flagged';
  labels: string[];
  scores: Record<string, number>;
}

/** Reviews a text. @throws when it cannot tell; the post is then reviewed later, and nothing is decided meanwhile. */
export type ReviewText = (text: string) => Promise<Review>;
