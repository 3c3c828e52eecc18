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
 * @param client made when first needed
 */
export const comprehendReviewer = (
  client: () => ComprehendClient,
  { flagFromScore, otherwise }: ComprehendOptions,
): ReviewText => {
  const dominantLanguage = async (text: string): Promise<string | undefined> => {
    const { Languages = [] } = await client().send(new DetectDominantLanguageCommand({ Text: text }));
    return Languages.toSorted((a, b) => (b.Score ?? 0) - (a.Score ?? 0))[0]?.LanguageCode;
  };

  const toxicity = async (segments: readonly string[]): Promise<[label: string, score: number][]> => {
    const { ResultList = [] } = await client().send(
      new DetectToxicContentCommand({
        LanguageCode: 'en',
        TextSegments: segments.map((Text) => ({ Text })),
      }),
    );
    return ResultList.flatMap(({ Labels = [] }) => Labels).map(({ Name = 'TOXIC', Score = 0 }) => [
      Name.toLowerCase().replaceAll('_', '-'),
      Score,
    ]);
  };

  return async (text) => {
    if ((await dominantLanguage(text)) !== 'en') return otherwise(text);

    const segments = segmentsOf(text, MAX_SEGMENT_BYTES);
    const highest = new Map<string, number>();
    for (let first = 0; first < segments.length; first += MAX_SEGMENTS) {
      for (const [label, score] of await toxicity(segments.slice(first, first + MAX_SEGMENTS))) {
        highest.set(label, Math.max(score, highest.get(label) ?? 0));
      }
    }
    const labels = [...highest].filter(([, score]) => score >= flagFromScore).map(([label]) => label);
    return {
      decision: labels.length > 0 ? 'flagged' : 'approved',
      labels,
      scores: Object.fromEntries(highest),
    };
  };
};
