import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { type Message, messageOf, pack } from '#lib/broadcast/pack.ts';
import { createPublisher, type PublishBatch } from '#lib/broadcast/publish.ts';
import { aPost, eventOf } from '#tests/support/events.ts';

const messages = (count: number): Message[] =>
  Array.from({ length: count }, (_, position) =>
    messageOf(eventOf({ eventType: 'INSERT', after: aPost() }), position),
  );

const publishAll = (
  batches: readonly (readonly Message[])[],
  publishBatch: PublishBatch,
  concurrency: number,
) => {
  const publisher = createPublisher(publishBatch, concurrency);
  for (const batch of batches) publisher.publish(batch);
  return publisher.refusals();
};

const idsOf = (batch: readonly Message[]) => batch.map(({ id }) => id);

test('as many calls are under way as allowed, and never more', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 120 }),
      fc.integer({ min: 1, max: 15 }),
      async (count, concurrency) => {
        let underWay = 0;
        let most = 0;
        const published: string[] = [];
        const publishBatch: PublishBatch = async (batch) => {
          underWay += 1;
          most = Math.max(most, underWay);
          await setImmediate();
          underWay -= 1;
          published.push(...idsOf(batch));
          return [];
        };
        const batches = pack(messages(count));
        expect(await publishAll(batches, publishBatch, concurrency)).toEqual([]);
        expect(most).toBe(Math.min(concurrency, batches.length));
        expect(published.toSorted()).toEqual(idsOf(batches.flat()).toSorted());
      },
    ),
    { numRuns: 30 },
  );
});

test('a call that fails as a whole fails its own messages for now, and no others', async () => {
  const batches = pack(messages(35));
  const refusals = await publishAll(
    batches,
    async (batch) => {
      if (batch === batches[1]) throw new Error('connection reset');
      return batch === batches[3] ? [{ id: '33', reason: 'InternalError', permanent: true }] : [];
    },
    2,
  );
  expect(refusals.filter(({ permanent }) => permanent).map(({ id }) => id)).toEqual(['33']);
  const failed = refusals.filter(({ permanent }) => !permanent);
  expect(failed.map(({ id }) => id)).toEqual(idsOf(batches[1] ?? []));
  for (const { reason } of failed) expect(reason).toContain('connection reset');
});

test('a slow call holds up no other', async () => {
  const [slow, ...others] = pack(messages(40));
  const done: string[] = [];
  const held = Promise.withResolvers<void>();
  const publishing = publishAll(
    [slow ?? [], ...others],
    async (batch) => {
      if (batch === slow) await held.promise;
      done.push(...idsOf(batch));
      if (done.length === 30) held.resolve();
      return [];
    },
    2,
  );
  await publishing;
  expect(done.slice(30)).toEqual(idsOf(slow ?? []));
});

test('batches that come while calls are answered are published too', async () => {
  const done: string[] = [];
  const publisher = createPublisher(async (batch) => {
    done.push(...idsOf(batch));
    return [];
  }, 1);
  const batches = pack(messages(200));
  for (const [index, batch] of batches.entries()) {
    publisher.publish(batch);
    // Of every length, so that some come in the very moment in which the last call ends.
    for (let turn = 0; turn < index % 7; turn += 1) await Promise.resolve();
  }
  expect(await publisher.refusals()).toEqual([]);
  expect(done).toEqual(idsOf(batches.flat()));
});
