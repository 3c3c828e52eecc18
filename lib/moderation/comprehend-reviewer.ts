import {
  type ComprehendClient,
  DetectDominantLanguageCommand,
  DetectToxicContentCommand,
} from '@aws-sdk/client-comprehend';
import type { ReviewText } from './moderate-post.ts';

/** https://docs.aws.amazon.com/comprehend/latest/APIReference/API_DetectToxicContent.html */
const MAX_SEGMENT_BYTES = 1_024;
const MAX_SEGMENTS = 10;

export interface ComprehendOptions {
  /** A text is flagged when any label scores this much or more, 0 to 1. */
  flagFromScore: number;
  /** Reviews texts that are not in English, the only language that Comprehend judges. */
  otherwise: ReviewText;
}

/** Reviews by Amazon Comprehend. Labels are Comprehend's in small letters (`hate-speech`), with their highest scores. */
export const comprehendReviewer =
  (client: ComprehendClient, { flagFromScore, otherwise }: ComprehendOptions): ReviewText =>
  async (text) => {
    const { Languages = [] } = await client.send(new DetectDominantLanguageCommand({ Text: text }));
    const [dominant] = Languages.toSorted((a, b) => (b.Score ?? 0) - (a.Score ?? 0));
    if (dominant?.LanguageCode !== 'en') return otherwise(text);

    const segments = segmentsOf(text);
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

const words = new Intl.Segmenter('en', { granularity: 'word' });

/** Cuts a text into segments of at most `maxBytes` of UTF-8, between words, or within a word that is too long. */
export const segmentsOf = (text: string, maxBytes = MAX_SEGMENT_BYTES): string[] => {
  const pieces = Array.from(words.segment(text), ({ segment }) => segment).flatMap((word) =>
    Buffer.byteLength(word) <= maxBytes ? [word] : Array.from(word),
  );
  const segments: string[] = [];
  let current = '';
  for (const piece of pieces) {
    if (Buffer.byteLength(current + piece) > maxBytes) {
      segments.push(current);
      current = '';
    }
    current += piece;
  }
  return current === '' ? segments : [...segments, current];
};
