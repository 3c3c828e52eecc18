import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import { ComprehendClient } from '@aws-sdk/client-comprehend';
import fc from 'fast-check';
import * as z from 'zod';
import { comprehendReviewer, segmentsOf } from '#lib/moderation/comprehend-reviewer.ts';
import type { ReviewText } from '#lib/moderation/moderate-post.ts';
import { inTurn } from '#lib/moderation/reviewer.ts';
import { localCredentials } from '#tests/support/tables.ts';

const ToxicRequest = z.object({
  LanguageCode: z.literal('en'),
  TextSegments: z
    .array(z.object({ Text: z.string().min(1) }))
    .min(1)
    .max(10),
});
const LanguageRequest = z.object({ Text: z.string().min(1) });

/** Amazon Comprehend as far as it goes: words that are toxic, German by its articles, and the documented limits. */
const toxicityOf = (segment: string) => [
  { Name: 'INSULT', Score: segment.includes('idiot') ? 0.95 : 0.01 },
  { Name: 'HATE_SPEECH', Score: segment.includes('hate') ? 0.6 : 0.02 },
];
const answerOf = (target: string | undefined, body: unknown): object => {
  if (target?.endsWith('DetectDominantLanguage')) {
    const { Text } = LanguageRequest.parse(body);
    const isGerman = /\b(der|die|das)\b/.test(Text);
    return {
      Languages: [
        { LanguageCode: 'fr', Score: 0.1 },
        { LanguageCode: isGerman ? 'de' : 'en', Score: 0.9 },
      ],
    };
  }
  const { TextSegments } = ToxicRequest.parse(body);
  for (const { Text } of TextSegments) {
    if (Buffer.byteLength(Text) > 1_024) throw new Error('TextSizeLimitExceeded');
  }
  return { ResultList: TextSegments.map(({ Text }) => ({ Labels: toxicityOf(Text), Toxicity: 0.5 })) };
};

let server: Server;
let client: ComprehendClient;
let calls: string[] = [];
beforeAll(async () => {
  server = createServer(async (request, response) => {
    const target = request.headers['x-amz-target']?.toString().split('.')[1];
    calls.push(`${target}`);
    try {
      response.end(JSON.stringify(answerOf(target, await json(request))));
    } catch (error) {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify({ __type: 'InvalidRequestException', message: String(error) }));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  client = new ComprehendClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: localCredentials,
  });
});
beforeEach(() => {
  calls = [];
});
afterAll(async () => {
  client.destroy();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const otherwise: ReviewText = async () => ({ decision: 'approved', labels: ['by-rules'], scores: {} });
const reviewer = (flagFromScore = 0.7) => comprehendReviewer(client, { flagFromScore, otherwise });

describe('review by Comprehend', () => {
  test('approves what scores low, and keeps the scores', async () => {
    expect(await reviewer()('a nice day')).toEqual({
      decision: 'approved',
      labels: [],
      scores: { insult: 0.01, 'hate-speech': 0.02 },
    });
  });

  test('flags what scores high, naming the labels', async () => {
    expect(await reviewer()('you idiot')).toMatchObject({ decision: 'flagged', labels: ['insult'] });
  });

  test('draws the line where the threshold is', async () => {
    expect(await reviewer(0.6)('they hate it')).toMatchObject({
      decision: 'flagged',
      labels: ['hate-speech'],
    });
    expect(await reviewer(0.61)('they hate it')).toMatchObject({ decision: 'approved', labels: [] });
  });

  test('reads a text of any length in calls of at most ten segments, and finds what is at its end', async () => {
    const text = `${'é'.repeat(20)} `.repeat(300);
    expect(await reviewer()(`${text}idiot`)).toMatchObject({ decision: 'flagged', labels: ['insult'] });
    expect(calls).toEqual(['DetectDominantLanguage', 'DetectToxicContent', 'DetectToxicContent']);
  });

  test('leaves other languages to the other reviewer', async () => {
    expect(await reviewer()('der idiot')).toMatchObject({ decision: 'approved', labels: ['by-rules'] });
    expect(calls).toEqual(['DetectDominantLanguage']);
  });

  test('fails when Comprehend does, so that the post is reviewed later', async () => {
    await expect(reviewer()('')).rejects.toThrow();
  });
});

describe('reviewers in turn', () => {
  const reviewing =
    (decision: 'approved' | 'flagged', label: string): ReviewText =>
    async () => ({ decision, labels: [label], scores: { [label]: 0.9 } });
  const unasked: ReviewText = () => Promise.reject(new Error('should not be asked'));

  test('decide by the second what the first approves', async () => {
    const second = reviewing('flagged', 'insult');
    expect(await inTurn(reviewing('approved', 'mild'), second)('text')).toEqual(await second('text'));
  });

  test('do not ask the dearer one about what the first flags', async () => {
    const first = reviewing('flagged', 'profanity');
    expect(await inTurn(first, unasked)('text')).toEqual(await first('text'));
  });
});

describe('the segments of a text', () => {
  test('lose nothing, are never too long and never cut a code point', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(' ', '👩‍👩‍👧'.repeat(9), 'x'.repeat(99))),
          {
            maxLength: 60,
          },
        ),
        fc.integer({ min: 4, max: 64 }),
        (pieces, maxBytes) => {
          const text = pieces.join('');
          const segments = segmentsOf(text, maxBytes);
          expect(segments.join('')).toBe(text);
          for (const segment of segments) {
            expect(segment).not.toBe('');
            expect(Buffer.byteLength(segment)).toBeLessThanOrEqual(maxBytes);
            expect(segment.isWellFormed()).toBe(true);
          }
        },
      ),
    );
  });

  test('end between words', () => {
    expect(segmentsOf('one two three four', 10)).toEqual(['one two ', 'three four']);
  });

  test('cut a word only when it is longer than a segment, and then between characters', () => {
    expect(segmentsOf('a éééé', 4)).toEqual(['a é', 'éé', 'é']);
  });
});
