import fc from 'fast-check';
import { type Message, messageOf, pack } from '#lib/broadcast/pack.ts';
import { attributesOf, postEventOf } from '#lib/events/post-event.ts';
import { postChange } from '#tests/events/arbitraries.ts';

const LIMIT = 256 * 1_024;

/** What SNS counts for a message, worked out from what is sent and not by the code under test. */
const sizeOf = ({ body, attributes }: Message): number => {
  const texts = Object.entries(attributes).flatMap(([name, value]) => [name, 'String', value]);
  return new TextEncoder().encode([body, ...texts].join('')).byteLength;
};

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

/** A message of about `bytes` bytes. */
const messageOfSize = (bytes: number, position: number): Message => {
  const attributes = { eventType: 'INSERT', contentType: 'text', status: 'draft', change: 'drafted' };
  const around = sizeOf({ id: '', body: '', attributes, bytes: 0 });
  return { id: `${position}`, body: 'x'.repeat(bytes - around), attributes, bytes };
};

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

/** Numbers from 0 to 1 as if by chance, always the same: what is claimed below is claimed of usual batches. */
const chances = (seed: number, count: number): number[] => {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  });
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/**
 * No packing needs fewer calls: by count, by bytes, and by what cannot be together. Of messages over half a call no two
 * can; for each size up to half, those that leave no room for it are alone, and what the others leave of their calls
 * has to take everything of that size or more.
 * @see https://doi.org/10.1016/0166-218X(90)90094-S the bound L2 of Martello and Toth
 */
const fewestCalls = (sizes: readonly number[]): number => {
  const half = LIMIT / 2;
  const bounds = sizes
    .filter((size) => size <= half)
    .map((size) => {
      const alone = sizes.filter((one) => one > LIMIT - size);
      const long = sizes.filter((one) => one > half && one <= LIMIT - size);
      const others = sizes.filter((one) => one <= half && one >= size);
      const overflow = sum(others) - (long.length * LIMIT - sum(long));
      return alone.length + long.length + Math.max(0, Math.ceil(overflow / LIMIT));
    });
  return Math.max(Math.ceil(sizes.length / 10), Math.ceil(sum(sizes) / LIMIT), ...bounds);
};

const between = (least: number, most: number) => (chance: number) =>
  Math.floor(least + chance * (most - least));
/** Small ones from `share` down, others above it. */
const either = (share: number, small: (chance: number) => number, large: (chance: number) => number) => {
  return (chance: number) => (chance < share ? small(chance / share) : large((chance - share) / (1 - share)));
};

describe.each([
  ['batches of 100', 100, 20],
  ['batches of 1,000', 1_000, 3],
])('%s', (_what, count, batches) => {
  test.each<[what: string, size: (chance: number) => number]>([
    ['posts of every length', between(300, 30_500)],
    ['mostly short posts', either(0.9, between(300, 600), between(20_000, 30_500))],
    ['short and long posts', either(0.5, between(300, 600), between(25_000, 30_500))],
    ['long posts', between(20_000, 30_500)],
    ['messages of up to half a call', between(300, LIMIT / 2)],
    ['messages of up to 200 kB', between(300, 200_000)],
    ['messages of up to 200 kB, most of them short', (chance) => Math.floor(300 * (200_000 / 300) ** chance)],
    ['short messages and some of up to 200 kB', either(0.8, between(300, 2_000), between(50_000, 200_000))],
    ['posts and some of 100 to 160 kB', either(0.7, between(300, 30_500), between(100_000, 160_000))],
  ])('%s are packed within three percent of the fewest calls possible', (_kind, size) => {
    const all = Array.from({ length: batches }, (_, batch) => chances(batch + 1, count).map(size));
    const calls = sum(all.map((sizes) => pack(sizes.map(messageOfSize)).length));
    expect(calls).toBeLessThanOrEqual(sum(all.map(fewestCalls)) * 1.03);
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
