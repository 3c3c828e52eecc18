import fc from 'fast-check';
import { type Message, messageOf, pack } from '#lib/broadcast/pack.ts';
import { attributesOf, postEventOf } from '#lib/events/post-event.ts';
import { postChange } from '#tests/events/arbitraries.ts';

/** What a call takes: https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html */
const LIMIT = 256 * 1_024;

/** What SNS counts for a message, worked out from what is sent and not by the code under test. */
const sizeOf = ({ body, attributes }: Message): number => {
  const texts = Object.entries(attributes).flatMap(([name, value]) => [name, 'String', value]);
  return new TextEncoder().encode([body, ...texts].join('')).byteLength;
};

/** A message of that many bytes. */
const messageOfSize = (bytes: number, position: number): Message => {
  const attributes = {
    eventType: 'INSERT',
    contentType: 'text',
    status: 'draft',
    change: 'drafted',
  } as const;
  const around = sizeOf({ id: '', body: '', attributes, bytes: 0 });
  return { id: `${position}`, body: 'x'.repeat(bytes - around), attributes, bytes };
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

test('a message counts what SNS counts: body and attributes in UTF-8 bytes', () => {
  fc.assert(
    fc.property(event, (one) => {
      const message = messageOf(one, 7);
      expect(message).toMatchObject({ id: '7', attributes: attributesOf(one), bytes: sizeOf(message) });
      expect(JSON.parse(message.body)).toEqual(one);
    }),
  );
});

test('no batch is empty, over 10 messages or over 256 KiB, and none ends before the next message would be too much', () => {
  const sizes = fc.array(
    fc.oneof(fc.integer({ min: 200, max: 30_500 }), fc.integer({ min: 200, max: LIMIT })),
    {
      maxLength: 100,
    },
  );
  fc.assert(
    fc.property(sizes, (all) => {
      const batches = pack(all.map(messageOfSize));
      for (const [index, batch] of batches.entries()) {
        const bytes = batch.reduce((sum, message) => sum + sizeOf(message), 0);
        expect(batch.length).toBeGreaterThan(0);
        expect(batch.length).toBeLessThanOrEqual(10);
        expect(bytes).toBeLessThanOrEqual(LIMIT);
        const next = batches[index + 1]?.[0];
        if (next && batch.length < 10) expect(bytes + sizeOf(next)).toBeGreaterThan(LIMIT);
      }
    }),
    { numRuns: 60 },
  );
});

test('every message is in exactly one batch, in order, and ids are unique', () => {
  fc.assert(
    fc.property(messages, (all) => {
      const packed = pack(all).flat();
      expect(packed).toEqual(all);
      expect(new Set(packed.map(({ id }) => id)).size).toBe(all.length);
      for (const { id } of packed) expect(id).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
    }),
    { numRuns: 40 },
  );
});

test('small messages fill batches of ten', () => {
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

test('small events take a tenth of a call each', () => {
  const all = Array.from({ length: 1_000 }, (_, position) => messageOfSize(600, position));
  expect(pack(all)).toHaveLength(100);
});

test('a message that is too big goes alone, so that SNS refuses no other with it', () => {
  const all = [messageOfSize(300, 0), messageOfSize(LIMIT + 1, 1), messageOfSize(400, 2)];
  const alone = pack(all).find((batch) => batch.some(({ id }) => id === '1'));
  expect(alone?.map(({ id }) => id)).toEqual(['1']);
});

test('a message of exactly 256 KiB fits', () => {
  expect(pack([messageOfSize(LIMIT, 0), messageOfSize(300, 1)]).map((batch) => batch.length)).toEqual([1, 1]);
  expect(pack([messageOfSize(LIMIT - 300, 0), messageOfSize(300, 1)])).toHaveLength(1);
});
