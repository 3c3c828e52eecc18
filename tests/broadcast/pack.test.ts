import fc from 'fast-check';
import { messageOf, pack } from '#lib/broadcast/pack.ts';
import { attributesOf, postEventOf } from '#lib/events/post-event.ts';
import { postChange } from '#tests/events/arbitraries.ts';
import { fewestCalls, LIMIT, MIXTURES, messageOfSize, mixtures, sizeOf, sumOf } from './mixtures.ts';

/** Contents of up to 5,000 characters that take one to six bytes each, as JSON in UTF-8. */
const longContent = fc
  .tuple(fc.constantFrom('a', 'ß', '水', '🌅', '\u0001', '"'), fc.integer({ min: 1, max: 5_000 }))
  .map(([unit, length]) => `x${unit.repeat(length - 1)}`);

const event = fc.tuple(postChange, longContent).map(([change, content]) => ({
  ...postEventOf(change, {
    eventId: 'event',
    occurredAt: '2026-11-20T09:00:00.000Z',
    correlationId: 'request',
  }),
  content,
}));

const messages = fc
  .array(event, { maxLength: 100, size: 'max' })
  .map((events) => events.map((one, position) => messageOf(one, position)));

test('a message counts what SNS counts: body and attributes in UTF-8 bytes', () => {
  fc.assert(
    fc.property(event, (one) => {
      const message = messageOf(one, 7);
      expect(message).toMatchObject({ id: '7', attributes: attributesOf(one), bytes: sizeOf(message) });
      expect(JSON.parse(message.body)).toEqual(one);
    }),
  );
});

test('no batch is empty, over 10 messages or over 256 KiB', () => {
  let fullest = 0;
  fc.assert(
    fc.property(messages, (all) => {
      for (const batch of pack(all)) {
        const bytes = batch.reduce((sum, message) => sum + sizeOf(message), 0);
        expect(batch.length).toBeGreaterThan(0);
        expect(batch.length).toBeLessThanOrEqual(10);
        expect(bytes).toBeLessThanOrEqual(LIMIT);
        fullest = Math.max(fullest, bytes);
      }
    }),
    { numRuns: 60, seed: 1 },
  );
  // Otherwise the messages were too small for the second limit to matter.
  expect(fullest).toBeGreaterThan(LIMIT * 0.95);
});

test('every message is in exactly one batch, and ids are unique', () => {
  fc.assert(
    fc.property(messages, (all) => {
      const packed = pack(all).flat();
      expect(new Set(packed)).toEqual(new Set(all));
      expect(packed).toHaveLength(all.length);
      expect(new Set(packed.map(({ id }) => id)).size).toBe(all.length);
      for (const { id } of packed) expect(id).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
    }),
    { numRuns: 40 },
  );
});

test('small messages fill batches of ten in their order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 200, max: Math.floor(LIMIT / 10) }), { maxLength: 60 }),
      (sizes) => {
        const all = sizes.map(messageOfSize);
        const batches = pack(all);
        expect(batches.flat()).toEqual(all);
        expect(batches).toHaveLength(Math.ceil(all.length / 10));
      },
    ),
    { numRuns: 30 },
  );
});

describe.each([
  ['batches of 100', 100, 20],
  ['batches of 1,000', 1_000, 3],
])('%s', (_what, count, batches) => {
  test.each(MIXTURES)('%s are packed within three percent of the fewest calls possible', (_kind, size) => {
    const all = mixtures(size, count, batches);
    const calls = sumOf(all.map((sizes) => pack(sizes.map(messageOfSize)).length));
    expect(calls).toBeLessThanOrEqual(sumOf(all.map(fewestCalls)) * 1.03);
  });
});

test('small events take a tenth of a call each', () => {
  const all = Array.from({ length: 1_000 }, (_, position) => messageOfSize(600, position));
  expect(pack(all)).toHaveLength(100);
});

test('a message that is too big goes alone, for SNS to refuse it and no other', () => {
  const all = [messageOfSize(300, 0), messageOfSize(LIMIT + 1, 1), messageOfSize(400, 2)];
  const alone = pack(all).find((batch) => batch.some(({ id }) => id === '1'));
  expect(alone?.map(({ id }) => id)).toEqual(['1']);
});

test('a message of exactly 256 KiB fits', () => {
  expect(pack([messageOfSize(LIMIT, 0), messageOfSize(300, 1)]).map((batch) => batch.length)).toEqual([1, 1]);
  expect(pack([messageOfSize(LIMIT - 300, 0), messageOfSize(300, 1)])).toHaveLength(1);
});
