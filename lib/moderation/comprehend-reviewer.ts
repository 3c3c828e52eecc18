import {
  type ComprehendClient,
  DetectDominantLanguageCommand,
  DetectToxicContentCommand,
} from '@aws-sdk/client-comprehend';
import type { ReviewText } from './review.ts';
import { segmentsOf } from './segments.ts';

/** https://docs.aws.amazon.com/comprehend/latest/APIReference/API_DetectToxicContent.html */
const MAX_SEGMENT_BYTES = 1_024;
const MAX_SEGMENTS = 10;

/** Decides what Amazon Comprehend cannot read, and by what it is judged. */
export interface ComprehendOptions {
  /** A text is flagged when any label scores this much or more, 0 to 1. */
  flagFromScore: number;
  /** Reviews texts in other languages than English, which is all that Comprehend judges. */
  otherwise: ReviewText;
}

/**
 * Reviews by Amazon Comprehend's toxicity detection. The labels are Comprehend's own in small letters
 * (`hate-speech`), each with its highest score over all segments.
 */
export const comprehendReviewer =
  (client: ComprehendClient, { flagFromScore, otherwise }: ComprehendOptions): ReviewText =>
  async (text) => {
    const { Languages = [] } = await client.send(new DetectDominantLanguageCommand({ Text: text }));
    const [dominant] = Languages.toSorted((a, b) => (b.Score ?? 0) - (a.Score ?? 0));
    if (dominant?.LanguageCode !== 'en') return otherwise(text);

    const segments = segmentsOf(text, MAX_SEGMENT_BYTES);
    const scores: Record<string, number> = {};
    for (let first = 0; first < segments.length; first += MAX_SEGMENTS) {
      const TextSegments = segments.slice(first, first + MAX_SEGMENTS).map((Text) => ({ Text }));
      const { ResultList = [] } = await client.send(
        new DetectToxicContentCommand({ LanguageCode: 'en', TextSegments }),
      );
      for (const { Name = 'TOXIC', Score = 0 } of ResultList.flatMap(({ Labels = [] }) => Labels)) {
        const label = Name.toLowerCase().replaceAll('_', '-');
        scores[label] = Math.max(Score, scores[label] ?? 0);
      }
    }
    const labels = Object.keys(scores).filter((label) => (scores[label] ?? 0) >= flagFromScore);
    return { decision: labels.length > 0 ? 'flagged' : 'approved', labels, scores };
  };
