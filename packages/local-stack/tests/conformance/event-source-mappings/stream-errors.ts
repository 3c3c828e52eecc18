import assert from 'node:assert/strict';
import { type Behaviour, inArea, pages } from '../behaviour.ts';
import {
  FunctionTimeout,
  failureQueueArn,
  type Handler,
  throttle,
  unreachable,
  withStream,
} from '../support/world.ts';

const holds = inArea('Streams: errors and retries');

const fails: Handler = () => {
  throw new Error('always');
};
const poisoned =
  (...bad: string[]): Handler =>
  ({ event }) => {
    if (event.Records.some(({ dynamodb }) => bad.includes(dynamodb?.Keys.pk?.S ?? '')))
      throw new Error('poison');
  };
const item = (name: string) => ({ keys: { pk: { S: name } } });
const DestinationConfig = { OnFailure: { Destination: failureQueueArn } };
const hour = 3_600_000;

export const streamErrors: readonly Behaviour[] = [
  holds('an error brings the whole batch again, unchanged', pages.dynamodbErrors, () =>
    withStream(
      { handler: (_, count, _clock) => (count < 3 ? fails(_, count, _clock) : undefined) },
      async (world) => {
        const batch = [world.stream.put({}), world.stream.put({})];
        world.start();
        await world.clock.advance(60_000);
        assert.deepEqual(world.batches(), [batch, batch, batch]);
      },
    ),
  ),
  holds('nothing later of the shard is processed while a batch fails', pages.dynamodbErrors, () =>
    withStream({ handler: fails, properties: { BatchSize: 1 } }, async (world) => {
      const first = world.stream.put({});
      world.stream.put({});
      world.start();
      await world.clock.advance(60_000);
      assert.deepEqual([...new Set(world.batches().flat())], [first]);
    }),
  ),
  holds('the waits between retries grow', pages.dynamodbErrors, () =>
    withStream({ handler: fails }, async (world) => {
      world.stream.put({});
      world.start();
      await world.clock.until(() => world.invocations.length === 6);
      const waits = world.invocations
        .slice(1)
        .map(({ at }, index) => at - (world.invocations[index]?.at ?? 0));
      assert(waits.every((wait, index) => index === 0 || wait > (waits[index - 1] ?? 0)));
    }),
  ),
  holds(
    'a batch is retried MaximumRetryAttempts times after its first try and then given up',
    pages.dynamodbErrors,
    () =>
      withStream({ handler: fails, properties: { MaximumRetryAttempts: 2 } }, async (world) => {
        const bad = world.stream.put({});
        world.start();
        await world.clock.advance(60_000);
        assert.equal(world.invocations.length, 3);
        assert.deepEqual(world.checkpoints.current()?.lanes, [bad]);
      }),
  ),
  holds('with MaximumRetryAttempts 0 a failed batch is given up at once', pages.createMapping, () =>
    withStream(
      { handler: poisoned('bad'), properties: { MaximumRetryAttempts: 0, BatchSize: 1 } },
      async (world) => {
        world.stream.put(item('bad'));
        const next = world.stream.put({});
        world.start();
        await world.clock.advance(200);
        assert.equal(world.invocations.length, 2);
        assert.deepEqual(world.batches().at(-1), [next]);
      },
    ),
  ),
  holds(
    'without limits a batch is retried until its records expire after 24 hours',
    pages.dynamodbErrors,
    () =>
      withStream(
        {
          handler: poisoned('bad'),
          properties: { DestinationConfig, BatchSize: 1 },
          options: { streamPolling: { activeMs: 60_000, idleMs: 600_000 } },
        },
        async (world) => {
          world.stream.put(item('bad'));
          world.start();
          await world.clock.advance(24 * hour - 60_000);
          const fresh = world.stream.put({});
          assert(world.invocations.length > 1000);
          await world.clock.advance(20 * 60_000);
          assert.deepEqual(world.batches().at(-1), [fresh]);
          // They have left the stream: there is nothing to send to a destination any more.
          assert.deepEqual(world.sent, []);
          assert.equal(world.sum('DroppedEventCount'), 1);
        },
      ),
  ),
  holds(
    'records older than MaximumRecordAgeInSeconds are given up without being sent',
    pages.dynamodbErrors,
    () =>
      withStream({ properties: { MaximumRecordAgeInSeconds: 60, DestinationConfig } }, async (world) => {
        world.stream.put({ createdAt: world.clock.now() - 61_000 });
        const young = world.stream.put({});
        world.start();
        await world.clock.advance(200);
        assert.deepEqual(world.batches(), [[young]]);
        assert.equal(world.sent.length, 1);
        assert.equal(world.sum('OnFailureDestinationDeliveredEventCount'), 1);
      }),
  ),
  holds('a failing batch is given up once its records reach the maximum age', pages.dynamodbErrors, () =>
    withStream(
      { handler: fails, properties: { MaximumRecordAgeInSeconds: 60, DestinationConfig } },
      async (world) => {
        const bad = world.stream.put({});
        world.start();
        await world.clock.advance(180_000);
        assert.deepEqual(world.checkpoints.current()?.lanes, [bad]);
        assert((world.invocations.at(-1)?.at ?? 0) - (world.invocations[0]?.at ?? 0) <= 60_000);
        const [delivery] = world.sent;
        assert.equal(Object(delivery?.body.requestContext).condition, 'RecordAgeExceeded');
        assert.equal(Object(delivery?.body.requestContext).approximateInvokeCount, world.invocations.length);
      },
    ),
  ),
  holds('a timeout of the function counts as an error', pages.dynamodbErrors, () =>
    withStream(
      {
        properties: { MaximumRetryAttempts: 1 },
        handler: () => {
          throw new FunctionTimeout('Task timed out after 3.00 seconds');
        },
      },
      async (world) => {
        world.stream.put({});
        world.start();
        await world.clock.advance(60_000);
        assert.equal(world.invocations.length, 2);
      },
    ),
  ),
  holds('throttles use up no retry', pages.dynamodbErrors, () =>
    withStream(
      {
        properties: { MaximumRetryAttempts: 1, DestinationConfig },
        handler: (...call) => (call[1] <= 8 ? throttle : call[1] === 9 ? fails(...call) : undefined),
      },
      async (world) => {
        // Eight throttles leave the one retry there is to the error after them.
        const record = world.stream.put({});
        world.start();
        await world.clock.until(() => world.invocations.length === 10);
        await world.clock.advance(100);
        assert.deepEqual(world.checkpoints.current()?.lanes, [record]);
        assert.deepEqual(world.sent, []);
      },
    ),
  ),
  holds('throttles do not split a batch', pages.dynamodbErrors, () =>
    withStream(
      {
        properties: { BisectBatchOnFunctionError: true },
        handler: (_, count) => (count <= 3 ? throttle : undefined),
      },
      async (world) => {
        const batch = [world.stream.put({}), world.stream.put({})];
        world.start();
        await world.clock.advance(60_000);
        assert.deepEqual(world.batches(), [batch, batch, batch, batch]);
      },
    ),
  ),
  holds('a throttled batch is given up when it reaches the maximum age', pages.dynamodbErrors, () =>
    withStream(
      { properties: { MaximumRecordAgeInSeconds: 60, DestinationConfig }, handler: () => throttle },
      async (world) => {
        world.stream.put({});
        world.start();
        await world.clock.advance(180_000);
        assert.equal(world.sent.length, 1);
        // The function never ran.
        assert.deepEqual(Object(world.sent[0]?.body.requestContext).approximateInvokeCount, 0);
        assert.equal(world.sent[0]?.body.responseContext, undefined);
      },
    ),
  ),
  holds('an invocation that cannot be made is retried and uses up no retry', pages.dynamodbErrors, () =>
    withStream(
      {
        properties: { MaximumRetryAttempts: 1 },
        handler: (...call) => (call[1] <= 4 ? unreachable : call[1] === 5 ? fails(...call) : undefined),
      },
      async (world) => {
        const record = world.stream.put({});
        world.start();
        await world.clock.advance(60_000);
        assert.equal(world.invocations.length, 6);
        assert.deepEqual(world.checkpoints.current()?.lanes, [record]);
        assert.equal(world.sum('DroppedEventCount'), 0);
      },
    ),
  ),
  holds(
    'bisecting splits a failed batch in two and processes the halves in order',
    pages.dynamodbErrors,
    () =>
      withStream(
        {
          properties: { BisectBatchOnFunctionError: true, MaximumRetryAttempts: 0 },
          handler: poisoned('bad'),
        },
        async (world) => {
          const a = world.stream.put({});
          const bad = world.stream.put(item('bad'));
          const c = world.stream.put({});
          const d = world.stream.put({});
          world.start();
          await world.clock.advance(1000);
          assert.deepEqual(world.batches(), [[a, bad, c, d], [a, bad], [a], [bad], [c, d]]);
        },
      ),
  ),
  holds('bisecting uses up no retry', pages.dynamodbErrors, () =>
    withStream(
      { properties: { BisectBatchOnFunctionError: true, MaximumRetryAttempts: 2 }, handler: poisoned('bad') },
      async (world) => {
        for (let count = 0; count < 7; count += 1) world.stream.put({});
        const bad = world.stream.put(item('bad'));
        world.start();
        await world.clock.advance(60_000);
        // Alone after three splits, and then still three tries of its own.
        assert.equal(world.batches().filter((batch) => batch.join() === bad).length, 3);
      },
    ),
  ),
  holds(
    'one poison record of 100 costs only itself: 99 succeed and the destination is told of one',
    pages.dynamodbErrors,
    async () => {
      for (const position of [0, 1, 37, 50, 99])
        await withStream(
          {
            properties: {
              BatchSize: 100,
              BisectBatchOnFunctionError: true,
              MaximumRetryAttempts: 3,
              DestinationConfig,
            },
            handler: poisoned('bad'),
          },
          async (world) => {
            const written = Array.from({ length: 100 }, (_, index) =>
              world.stream.put(index === position ? item('bad') : {}),
            );
            const bad = written[position] ?? '';
            world.start();
            await world.clock.advance(60_000);
            const good = world.invocations
              .filter(({ records }) => !records.includes(bad))
              .flatMap(({ records }) => records);
            assert.deepEqual(
              good,
              written.filter((record) => record !== bad),
            );
            assert.deepEqual(
              world.sent.map(({ body }) => Object(body.DDBStreamBatchInfo).batchSize),
              [1],
            );
            assert.equal(Object(world.sent[0]?.body.DDBStreamBatchInfo).startSequenceNumber, bad);
            // The whole batch, two halves at each of at most 7 splits, 3 retries of the last one.
            assert(world.invocations.length <= 1 + 2 * 7 + 3, String(world.invocations.length));
          },
        );
    },
  ),
  holds(
    'neighbours that are given up while bisecting make one record at the destination',
    pages.onFailureBatchSize,
    () =>
      withStream(
        {
          properties: { BisectBatchOnFunctionError: true, MaximumRetryAttempts: 0, DestinationConfig },
          handler: poisoned('bad'),
        },
        async (world) => {
          const written = ['ok', 'bad', 'bad', 'bad', 'ok', 'bad'].map((name, index) =>
            world.stream.put(item(name === 'ok' ? `ok${index}` : name)),
          );
          world.start();
          await world.clock.advance(10_000);
          const told = world.sent.map(({ body }) => Object(body.DDBStreamBatchInfo));
          assert.deepEqual(
            told.map(({ batchSize, startSequenceNumber, endSequenceNumber }) => [
              batchSize,
              startSequenceNumber,
              endSequenceNumber,
            ]),
            [
              [3, written[1], written[3]],
              [1, written[5], written[5]],
            ],
          );
          assert.equal(world.sum('OnFailureDestinationDeliveredEventCount'), 4);
          assert.equal(world.checkpoints.current()?.lanes[0], written[5]);
        },
      ),
  ),
];
