import assert from 'node:assert/strict';
import { type Behaviour, inArea, pages } from '../behaviour.ts';
import { type SeenInvocation, withStream } from '../support/world.ts';

const holds = inArea('Streams: batches and lanes');

const sizes = (invocations: readonly SeenInvocation[]) => invocations.map(({ records }) => records.length);

export const streamBatches: readonly Behaviour[] = [
  holds('a batch holds at most BatchSize records, in the order of the shard', pages.batching, () =>
    withStream({ properties: { BatchSize: 4 } }, async (world) => {
      const written = Array.from({ length: 10 }, () => world.stream.put({}));
      world.start();
      await world.clock.advance(200);
      assert.deepEqual(sizes(world.invocations), [4, 4, 2]);
      assert.deepEqual(world.batches().flat(), written);
    }),
  ),
  holds('without a window a single record is sent alone as soon as it is there', pages.batching, () =>
    withStream({}, async (world) => {
      world.start();
      await world.clock.advance(500);
      world.stream.put({});
      const writtenAt = world.clock.now();
      await world.clock.advance(200);
      assert.deepEqual(sizes(world.invocations), [1]);
      assert((world.invocations[0]?.at ?? 0) - writtenAt < 100);
    }),
  ),
  holds('with a window records are gathered until it is over', pages.batching, () =>
    withStream({ properties: { MaximumBatchingWindowInSeconds: 10 } }, async (world) => {
      world.start();
      world.stream.put({});
      await world.clock.advance(5000);
      world.stream.put({});
      await world.clock.advance(4800);
      assert.equal(world.invocations.length, 0);
      await world.clock.advance(400);
      assert.deepEqual(sizes(world.invocations), [2]);
    }),
  ),
  holds('a full batch does not wait for the end of the window', pages.batching, () =>
    withStream({ properties: { MaximumBatchingWindowInSeconds: 300, BatchSize: 3 } }, async (world) => {
      for (let count = 0; count < 3; count += 1) world.stream.put({});
      world.start();
      await world.clock.advance(200);
      assert.deepEqual(sizes(world.invocations), [3]);
    }),
  ),
  holds('a batch ends before its payload exceeds 6 MB', pages.batching, () =>
    withStream({ properties: { MaximumBatchingWindowInSeconds: 300 } }, async (world) => {
      for (let count = 0; count < 20; count += 1)
        world.stream.put({ newImage: { text: { S: 'x'.repeat(390_000) } } });
      world.start();
      await world.clock.advance(200);
      const payloads = world.invocations.map(({ event }) => JSON.stringify(event).length);
      assert.equal(payloads.length, 1);
      assert(payloads.every((bytes) => bytes <= 6 * 1024 * 1024 && bytes > 5.5 * 1024 * 1024));
    }),
  ),
  holds('filtering comes before batching: filtered records take no place in a batch', pages.filtering, () => {
    const Pattern = JSON.stringify({ eventName: ['INSERT'] });
    return withStream(
      { properties: { BatchSize: 3, FilterCriteria: { Filters: [{ Pattern }] } } },
      async (world) => {
        for (let count = 0; count < 6; count += 1)
          world.stream.put({ eventName: count % 2 === 0 ? 'INSERT' : 'MODIFY' });
        world.start();
        await world.clock.advance(200);
        assert.deepEqual(sizes(world.invocations), [3]);
      },
    );
  }),
  holds('one shard has one invocation at a time', pages.dynamodbMapping, () =>
    withStream(
      { properties: { BatchSize: 1 }, handler: async () => await new Promise(() => {}) },
      async (world) => {
        world.stream.put({});
        world.stream.put({});
        world.start();
        await world.clock.advance(60_000);
        assert.equal(world.invocations.length, 1);
      },
    ),
  ),
  holds(
    'with a parallelization factor a shard has that many invocations at a time',
    pages.dynamodbMapping,
    () =>
      withStream(
        {
          properties: { ParallelizationFactor: 4, BatchSize: 1 },
          handler: async () => await new Promise(() => {}),
        },
        async (world) => {
          for (let count = 0; count < 100; count += 1) world.stream.put({});
          world.start();
          await world.clock.advance(1000);
          assert.equal(world.concurrent.most, 4);
        },
      ),
  ),
  holds(
    'records of one item (partition and sort key) stay in one lane and in order',
    pages.dynamodbMapping,
    () => {
      const delays = [700, 10, 300, 50];
      return withStream(
        {
          properties: { ParallelizationFactor: 10, BatchSize: 2 },
          handler: (_invocation, count, clock) => clock.sleep(delays[count % delays.length] ?? 0),
        },
        async (world) => {
          const perItem = new Map<string, string[]>();
          for (let count = 0; count < 60; count += 1) {
            const sk = String(count % 12);
            const sequenceNumber = world.stream.put({ keys: { pk: { S: 'same' }, sk: { S: sk } } });
            perItem.set(sk, [...(perItem.get(sk) ?? []), sequenceNumber]);
          }
          world.start();
          await world.clock.until(() => world.batches().flat().length === 60);
          const delivered = world.invocations.flatMap(({ event }) => event.Records);
          for (const [sk, expected] of perItem) {
            const seen = delivered.filter(({ dynamodb }) => dynamodb?.Keys.sk?.S === sk);
            assert.deepEqual(
              seen.map(({ dynamodb }) => dynamodb?.SequenceNumber),
              expected,
            );
          }
          assert(world.concurrent.most > 1);
        },
      );
    },
  ),
  holds('a failing lane does not hold up the other lanes of its shard', pages.dynamodbMapping, () =>
    withStream(
      {
        properties: { ParallelizationFactor: 10, BatchSize: 1 },
        handler: ({ event }) => {
          if (event.Records[0]?.dynamodb?.Keys.pk?.S === 'stuck') throw new Error('stuck');
        },
      },
      async (world) => {
        const stuck = world.stream.put({ keys: { pk: { S: 'stuck' } } });
        const others = Array.from({ length: 50 }, () => world.stream.put({}));
        world.start();
        await world.clock.advance(5000);
        const delivered = new Set(world.batches().flat());
        assert(others.filter((record) => delivered.has(record)).length > 25);
        const lanes = world.checkpoints.current()?.lanes ?? [];
        assert(lanes.some((lane) => lane === null || BigInt(lane) < BigInt(stuck)));
      },
    ),
  ),
];
