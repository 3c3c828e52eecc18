import type { CheckpointStore } from '../../src/event-source-mappings/index.ts';
import {
  createMemoryCheckpoints,
  queueArn,
  throttle,
  type World,
  withQueue,
  withStream,
} from '../conformance/support/world.ts';

test('stopping waits for batches at the function, and keeps what they achieved', async () => {
  await withStream({ handler: (_invocation, _count, clock) => clock.sleep(3000) }, async (world) => {
    const record = world.stream.put({});
    world.start();
    await world.clock.advance(100);
    await world.stop();
    expect(world.checkpoints.current()?.lanes).toEqual([record]);
  });
  await withQueue({ handler: (_invocation, _count, clock) => clock.sleep(3000) }, async (world) => {
    world.queues.send(queueArn, 'm');
    world.start();
    await world.clock.advance(100);
    await world.stop();
    expect(world.queues.bodies(queueArn)).toEqual([]);
  });
});

test('stopping does not wait for ever: what is left at the function is delivered again by the next start', async () => {
  let hang = true;
  const handler = () => (hang ? new Promise<void>(() => {}) : undefined);
  await withStream({ handler }, async (world) => {
    const record = world.stream.put({});
    world.start();
    await world.clock.advance(100);
    const before = world.clock.now();
    await world.stop();
    expect(world.clock.now() - before).toBe(10_000);
    hang = false;
    world.start();
    await world.clock.advance(100);
    expect(world.batches()).toEqual([[record], [record]]);
  });
});

test('stopping gives back the messages of a batch that was still being gathered', async () => {
  const properties = { MaximumBatchingWindowInSeconds: 60, BatchSize: 100 };
  await withQueue({ properties }, async (world) => {
    world.start();
    for (const body of ['a', 'b', 'c']) world.queues.send(queueArn, body);
    await world.clock.advance(1000);
    expect(world.queues.hidden(queueArn)).toBe(3);
    await world.stop();
    expect(world.invocations).toEqual([]);
    expect(world.queues.hidden(queueArn)).toBe(0);
    expect(world.queues.bodies(queueArn)).toEqual(['a', 'b', 'c']);
  });
});

test('stopping ends the waits between tries', async () => {
  await withStream(
    { handler: () => throttle, options: { backoff: { firstMs: 3_600_000, maximumMs: 3_600_000 } } },
    async (world) => {
      world.stream.put({});
      world.start();
      await world.clock.advance(100);
      const before = world.clock.now();
      await world.stop();
      expect(world.clock.now() - before).toBeLessThan(100);
    },
  );
});

test('a queue that is disabled and enabled again misses nothing and leaves no ghost poller', async () => {
  await withQueue({}, async (world) => {
    const mappings = world.start();
    await world.clock.advance(1000);
    let disabled = false;
    const disabling = mappings.setEnabled('Mapping', false).then(() => {
      disabled = true;
    });
    await world.clock.until(() => disabled);
    await disabling;
    expect(world.queues.waiting()).toBe(0);
    world.queues.send(queueArn, 'meanwhile');
    await world.clock.advance(5000);
    expect(world.invocations).toEqual([]);
    await mappings.setEnabled('Mapping', true);
    await world.clock.advance(100);
    expect(world.batches()).toEqual([['meanwhile']]);
  });
});

test('a mapping says since when it is quiet, and that it is not while there is work', async () => {
  await withStream({ handler: (_invocation, _count, clock) => clock.sleep(1000) }, async (world) => {
    const mappings = world.start();
    await world.clock.advance(500);
    expect(mappings.status()[0]?.quietSince).toBeDefined();
    world.stream.put({});
    const writtenAt = world.clock.now();
    await world.clock.advance(500);
    expect(mappings.status()[0]).toMatchObject({
      quietSince: undefined,
      shards: [{ pending: 1, inFlight: 1 }],
    });
    await world.clock.advance(2000);
    expect(mappings.status()[0]?.quietSince).toBeGreaterThan(writtenAt);
  });
  await withQueue({ handler: (_invocation, _count, clock) => clock.sleep(1000) }, async (world) => {
    const mappings = world.start();
    await world.clock.advance(5000);
    expect(mappings.status()[0]?.quietSince).toBeDefined();
    world.queues.send(queueArn, 'm');
    const sentAt = world.clock.now();
    await world.clock.advance(500);
    expect(mappings.status()[0]).toMatchObject({ quietSince: undefined, queue: { inFlight: 1 } });
    await world.clock.advance(10_000);
    expect(mappings.status()[0]?.quietSince).toBeGreaterThan(sentAt);
  });
});

test('a listener that throws does not stop a mapping', async () => {
  const onEvent = () => {
    throw new Error('broken listener');
  };
  await withStream({ properties: { BatchSize: 1 }, options: { onEvent } }, async (world) => {
    const written = [world.stream.put({}), world.stream.put({})];
    world.start();
    await world.clock.advance(100);
    expect(world.batches().flat()).toEqual(written);
    expect(world.logs).toContainEqual(expect.stringContaining('broken listener'));
  });
});

test('an iterator that expires while records are at the function does not bring them twice', async () => {
  await withStream({ handler: (_invocation, _count, clock) => clock.sleep(5000) }, async (world) => {
    const first = world.stream.put({});
    world.start();
    await world.clock.advance(1000);
    const second = world.stream.put({});
    await world.clock.advance(1000);
    world.stream.expireIterators();
    await world.clock.advance(20_000);
    expect(world.batches()).toEqual([[first], [second]]);
  });
});

test('the next batch waits until the checkpoint of the one before is saved', async () => {
  const kept = createMemoryCheckpoints();
  const savedBefore: number[] = [];
  let world: World | undefined;
  const slow: CheckpointStore = {
    load: kept.load,
    save: async (...given) => {
      await world?.clock.sleep(1_000);
      await kept.save(...given);
    },
  };
  const handler = () => {
    savedBefore.push(kept.saved.length);
  };
  await withStream(
    { properties: { BatchSize: 1 }, handler, options: { checkpoints: slow } },
    async (started) => {
      world = started;
      const written = [started.stream.put({}), started.stream.put({}), started.stream.put({})];
      started.start();
      await started.clock.until(() => kept.current()?.lanes[0] === written[2]);
      const [atFirst = 0] = savedBefore;
      expect(savedBefore).toEqual([atFirst, atFirst + 1, atFirst + 2]);
    },
  );
});
