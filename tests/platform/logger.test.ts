import fc from 'fast-check';
import { logger, withLogKeys } from '#lib/platform/logger.ts';
import { VersionConflict } from '#lib/posts/post-repository.ts';
import { aPost } from '#tests/support/events.ts';
import { type Line, linesOf } from '#tests/support/output.ts';

const SECRET = 'only for those who may read it';

const logged = async (details: Record<string, unknown>): Promise<Line> => {
  const { lines } = await linesOf(async () => logger.error('it failed', details));
  return lines[0] ?? {};
};

describe('a log line', () => {
  test('has the usual fields, and the details whose text may be read', async () => {
    expect(
      await logged({ postId: 'post', reason: 'gone', times: 3, labels: ['insult'], last: true }),
    ).toEqual({
      level: 'ERROR',
      message: 'it failed',
      service: 'tests',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      ...{ postId: 'post', reason: 'gone', times: 3, labels: ['insult'], last: true },
    });
  });

  test.each<[what: string, details: object]>([
    ["a post's text", { content: SECRET }],
    ['a whole post', { post: aPost({ content: SECRET }) }],
    ['a list of posts', { posts: [aPost({ content: SECRET })] }],
    ['a push subscription', { subscription: { endpoint: SECRET, keys: { p256dh: SECRET, auth: SECRET } } }],
    ['a token', { authorization: `Bearer ${SECRET}` }],
    ['a name that nobody thought of', { whatever: SECRET }],
  ])('keeps %s to itself', async (_what, details) => {
    const line = await logged({ ...details });
    expect(JSON.stringify(line)).not.toContain(SECRET);
    expect(JSON.stringify(line)).toContain('[redacted]');
  });

  test('writes no text but that of the fields it knows, wherever it stands', async () => {
    const secrets = fc.string({ minLength: 20, maxLength: 40, unit: fc.constantFrom(...'ghjkqvwxyz') });
    const anything = fc.object({
      key: fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom(...'ABCDEFG') }),
      values: [secrets, fc.integer(), fc.boolean(), fc.constant(null)],
      maxDepth: 4,
    });
    await fc.assert(
      fc.asyncProperty(anything, async (details) => {
        expect(JSON.stringify(await logged({ details }))).not.toMatch(/[ghjkqvwxyz]{20,}/);
      }),
      { numRuns: 50 },
    );
  });

  test.each(['error', 'cause', 'anything'])(
    'tells name, message, place and causes of an error under %s',
    async (name) => {
      const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9'), { code: 'ECONNREFUSED' });
      const line = await logged({ [name]: new TypeError('fetch failed', { cause }) });
      expect(line[name]).toEqual({
        name: 'TypeError',
        message: 'fetch failed',
        stack: expect.stringMatching(/^ {4}at .*logger\.test\.ts:\d+:\d+/),
        cause: {
          name: 'Error',
          message: 'connect ECONNREFUSED 127.0.0.1:9',
          code: 'ECONNREFUSED',
          stack: expect.stringContaining('logger.test.ts'),
        },
      });
    },
  );

  test('comes to an end where an error is its own cause, and details hold themselves', async () => {
    const error: Error & { cause?: unknown } = new Error('round');
    error.cause = error;
    const details: Record<string, unknown> = {};
    details.details = details;
    expect(await logged({ error, details })).toMatchObject({
      message: 'it failed',
      error: { message: 'round' },
    });
  });

  test.each<[what: string, error: Error]>([
    ['the post that a conflict carries', new VersionConflict('post', aPost({ content: SECRET }))],
    [
      'the item of a failed condition',
      Object.assign(new Error('failed'), { Item: { content: { S: SECRET } } }),
    ],
    ['the text that a parser choked on', parseError(`{"content": "${SECRET}`)],
    ['the text at which a parser stopped', parseError(SECRET)],
    ['a text that was thrown', new Error('not an error', { cause: SECRET })],
    [
      "a push endpoint's path",
      new TypeError(`Failed to parse URL from https://push.example/${SECRET.replaceAll(' ', '-')}`),
    ],
    ['a token', new Error(`not valid: eyJhbGciOiJFUzI1NiJ9.${SECRET.replaceAll(' ', '-')}.c2lnbmF0dXJl`)],
  ])('keeps %s to itself', async (_what, error) => {
    const line = JSON.stringify(await logged({ error }));
    for (const secret of [SECRET, SECRET.replaceAll(' ', '-'), SECRET.slice(0, 6)])
      expect(line).not.toContain(secret);
  });
});

function parseError(text: string): Error {
  try {
    JSON.parse(text);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it can be parsed');
}

describe('log keys', () => {
  test('are written with each line of the work, and of none that runs beside it', async () => {
    const held = Promise.withResolvers<void>();
    const { lines } = await linesOf(async () => {
      const first = withLogKeys({ messageId: 'first' }, async () => {
        await held.promise;
        await withLogKeys({ postId: 'post' }, async () => logger.info('inside'));
        logger.info('after');
      });
      await withLogKeys({ messageId: 'second' }, async () => logger.info('beside'));
      logger.info('outside');
      held.resolve();
      await first;
    });
    expect(lines.map(({ message, messageId, postId }) => [message, messageId, postId])).toEqual([
      ['beside', 'second', undefined],
      ['outside', undefined, undefined],
      ['inside', 'first', 'post'],
      ['after', 'first', undefined],
    ]);
  });
});
