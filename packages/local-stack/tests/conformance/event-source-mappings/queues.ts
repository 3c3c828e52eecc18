import assert from 'node:assert/strict';
import { type Behaviour, inArea, pages } from '../behaviour.ts';
import {
  deadLetterArn,
  FunctionTimeout,
  type Handler,
  queueArn,
  throttle,
  type World,
  withQueue,
} from '../support/world.ts';

const receiving = inArea('Queues: batches and polling');
const failing = inArea('Queues: failures');

const send = (world: World, count: number, body = (index: number) => `m${index}`) => {
  for (let index = 0; index < count; index += 1) world.queues.send(queueArn, body(index));
};
const sizes = (world: World) => world.invocations.map(({ records }) => records.length);
const never = () => new Promise<void>(() => {});
const fails: Handler = () => {
  throw new Error('always');
};
/** Each invocation ends a little later than the one before it. */
const failsAfter =
  (ms: number): Handler =>
  async (invocation, count, clock) => {
    await clock.sleep(ms * count);
    return fails(invocation, count, clock);
  };
const reporting = { FunctionResponseTypes: ['ReportBatchItemFailures'] };
const reported = (identifiers: unknown[]) => ({
  batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
});
/** Reports the messages with these bodies. */
const reports =
  (...bodies: string[]): Handler =>
  ({ event }) =>
    reported(
      event.Records.filter(({ body }) => bodies.includes(body ?? '')).map(({ messageId }) => messageId),
    );

const concurrencyOf = (world: World): number => {
  const [status] = world.running().status();
  return status?.kind === 'queue' ? status.queue.concurrency : 0;
};

/** Two messages and one answer: what is left in the queue afterwards. */
async function leaves(answer: Handler, expected: string[]): Promise<void> {
  await withQueue({ properties: reporting, handler: answer }, async (world) => {
    send(world, 2);
    world.start();
    await world.clock.advance(1000);
    assert.equal(world.invocations.length, 1);
    assert.deepEqual(world.queues.bodies(queueArn), expected);
  });
}

export const queues: readonly Behaviour[] = [
  receiving('a batch of up to 10 comes from one receive', pages.sqsConfigure, () =>
    withQueue({}, async (world) => {
      send(world, 10);
      world.start();
      await world.clock.advance(100);
      assert.deepEqual(sizes(world), [10]);
      assert.equal(world.queues.receives[0]?.maximum, 10);
    }),
  ),
  receiving('BatchSize limits what is received', pages.sqsConfigure, () =>
    withQueue({ properties: { BatchSize: 3 } }, async (world) => {
      send(world, 7);
      world.start();
      await world.clock.advance(100);
      assert(world.queues.receives.every(({ maximum }) => maximum <= 3));
      assert(sizes(world).every((size) => size <= 3));
      assert.equal(world.batches().flat().length, 7);
    }),
  ),
  receiving(
    'a batch of more than 10 is gathered by several receives within the window',
    pages.sqsConfigure,
    () =>
      withQueue({ properties: { BatchSize: 35, MaximumBatchingWindowInSeconds: 2 } }, async (world) => {
        send(world, 35);
        world.start();
        await world.clock.advance(100);
        assert.deepEqual(sizes(world), [35]);
      }),
  ),
  receiving('a window ends with what has come until then', pages.batching, () =>
    withQueue({ properties: { MaximumBatchingWindowInSeconds: 5 } }, async (world) => {
      world.start();
      send(world, 1);
      await world.clock.advance(3000);
      send(world, 1);
      await world.clock.advance(1500);
      assert.equal(world.invocations.length, 0);
      await world.clock.advance(700);
      assert.deepEqual(sizes(world), [2]);
    }),
  ),
  receiving('without a window a message is sent as soon as it is there', pages.batching, () =>
    withQueue({}, async (world) => {
      world.start();
      await world.clock.advance(7000);
      send(world, 1);
      const sentAt = world.clock.now();
      await world.clock.advance(100);
      assert.equal(world.invocations[0]?.at, sentAt);
    }),
  ),
  receiving('a batch ends before its payload exceeds 6 MB, and nothing is lost', pages.batching, () =>
    withQueue({ properties: { BatchSize: 100, MaximumBatchingWindowInSeconds: 1 } }, async (world) => {
      send(world, 40, () => 'x'.repeat(200_000));
      world.start();
      await world.clock.advance(3000);
      assert(world.invocations.every(({ event }) => JSON.stringify(event).length <= 6 * 1024 * 1024));
      assert.deepEqual(
        sizes(world).reduce((sum, size) => sum + size),
        40,
      );
      assert(sizes(world).some((size) => size > 20));
    }),
  ),
  receiving('an idle queue is waited for by long polling, by one poller', pages.sqsScaling, () =>
    withQueue({}, async (world) => {
      world.start();
      await world.clock.advance(60_000);
      assert(world.queues.receives.every(({ waitSeconds }) => waitSeconds > 0));
      assert.equal(world.queues.waiting(), 1);
      assert(world.queues.receives.length <= 31);
    }),
  ),
  receiving('an active queue has five batches processed at a time from the start', pages.sqsScaling, () =>
    withQueue({ properties: { BatchSize: 1 }, handler: never }, async (world) => {
      send(world, 50);
      world.start();
      await world.clock.advance(100);
      assert.equal(world.concurrent.now, 5);
    }),
  ),
  receiving('while messages wait, 300 more batches a minute are processed at a time', pages.sqsScaling, () =>
    withQueue({ properties: { BatchSize: 1 }, handler: never }, async (world) => {
      send(world, 500);
      world.start();
      await world.clock.advance(60_000);
      assert(world.concurrent.now >= 295 && world.concurrent.now <= 306, String(world.concurrent.now));
    }),
  ),
  receiving('when traffic is low the pollers are few again', pages.sqsScaling, () =>
    withQueue(
      { properties: { BatchSize: 1 }, handler: (_, __, clock) => clock.sleep(3000) },
      async (world) => {
        send(world, 200);
        world.start();
        await world.clock.until(() => world.queues.bodies(queueArn).length === 0);
        assert(world.concurrent.most > 20);
        await world.clock.advance(30_000);
        const [status] = world.running().status();
        assert(status?.kind === 'queue');
        assert.equal(status.queue.pollers, 1);
        assert.equal(status.queue.concurrency, 5);
      },
    ),
  ),
  receiving('MaximumConcurrency limits the invocations at a time', pages.sqsScaling, () =>
    withQueue(
      {
        properties: { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } },
        handler: (_, __, clock) => clock.sleep(1000),
      },
      async (world) => {
        send(world, 40);
        world.start();
        await world.clock.until(() => world.queues.bodies(queueArn).length === 0);
        assert.equal(world.concurrent.most, 2);
      },
    ),
  ),
  receiving('the event has the documented shape', pages.sqs, () =>
    withQueue({}, async (world) => {
      const messageAttributes = {
        status: { stringValue: 'published', stringListValues: [], binaryListValues: [], dataType: 'String' },
      };
      const messageId = world.queues.send(queueArn, 'hello', messageAttributes);
      world.start();
      await world.clock.advance(100);
      const now = String(Date.parse('2026-01-15T10:00:00Z'));
      const [record] = world.invocations[0]?.event.Records ?? [];
      assert.deepEqual(
        { ...record, receiptHandle: undefined },
        {
          messageId,
          receiptHandle: undefined,
          body: 'hello',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: now,
            SenderId: '000000000000',
            ApproximateFirstReceiveTimestamp: now,
          },
          messageAttributes,
          md5OfBody: '5d41402abc4b2a76b9719d911017c592',
          eventSource: 'aws:sqs',
          eventSourceARN: queueArn,
          awsRegion: 'eu-central-1',
        },
      );
    }),
  ),
  failing('messages of a batch that succeeded are deleted', pages.sqs, () =>
    withQueue({}, async (world) => {
      send(world, 25);
      world.start();
      await world.clock.advance(1000);
      assert.deepEqual(world.queues.bodies(queueArn), []);
      assert.equal(world.sum('DeletedEventCount'), 25);
    }),
  ),
  failing(
    'an error leaves the whole batch in the queue, hidden until the visibility timeout ends',
    pages.sqsErrors,
    () =>
      withQueue({ handler: (...call) => (call[1] === 1 ? fails(...call) : undefined) }, async (world) => {
        send(world, 2);
        world.start();
        await world.clock.advance(29_000);
        assert.equal(world.invocations.length, 1);
        assert.equal(world.queues.hidden(queueArn), 2);
        await world.clock.advance(4000);
        assert.equal(world.invocations.length, 2);
        assert.equal(Object(world.invocations[1]?.event.Records[0]?.attributes).ApproximateReceiveCount, '2');
        assert.deepEqual(world.queues.bodies(queueArn), []);
      }),
  ),
  failing('a timeout of the function is an error like any other', pages.sqsErrors, () =>
    withQueue(
      {
        handler: () => {
          throw new FunctionTimeout('Task timed out after 3.00 seconds');
        },
      },
      async (world) => {
        send(world, 1);
        world.start();
        await world.clock.advance(1000);
        assert.equal(world.queues.hidden(queueArn), 1);
      },
    ),
  ),
  failing(
    'the redrive policy moves a message to the dead-letter queue after maxReceiveCount receives',
    pages.deadLetterQueues,
    () =>
      withQueue({ handler: fails }, async (world) => {
        send(world, 1);
        world.start();
        await world.clock.advance(300_000);
        assert.equal(world.invocations.length, 3);
        assert.deepEqual(world.queues.bodies(queueArn), []);
        assert.deepEqual(world.queues.bodies(deadLetterArn), ['m0']);
      }),
  ),
  failing('with ReportBatchItemFailures only the reported messages stay', pages.sqsErrors, () =>
    leaves(reports('m1'), ['m1']),
  ),
  failing('reported messages reach the dead-letter queue, the others never come twice', pages.sqsErrors, () =>
    withQueue({ properties: reporting, handler: reports('m3') }, async (world) => {
      send(world, 10);
      world.start();
      await world.clock.advance(300_000);
      assert.deepEqual(world.batches().slice(1), [['m3'], ['m3']]);
      assert.deepEqual(world.queues.bodies(deadLetterArn), ['m3']);
    }),
  ),
  failing(
    'queues: an empty or null list, and an empty or null response, are a success',
    pages.sqsErrors,
    async () => {
      for (const answer of [{ batchItemFailures: [] }, { batchItemFailures: null }, {}, null])
        await leaves(() => answer, []);
    },
  ),
  failing('queues: an unknown message id fails the whole batch', pages.sqsErrors, () =>
    leaves(() => reported(['no-such-message']), ['m0', 'm1']),
  ),
  failing(
    'queues: an empty or null itemIdentifier, or a bad key name, fails the whole batch',
    pages.sqsErrors,
    async () => {
      for (const answer of [reported(['']), reported([null]), { batchItemFailures: [{ id: 'm0' }] }])
        await leaves(() => answer, ['m0', 'm1']);
    },
  ),
  failing('queues: without ReportBatchItemFailures the response is ignored', pages.sqsErrors, () =>
    withQueue({ handler: reports('m0') }, async (world) => {
      send(world, 2);
      world.start();
      await world.clock.advance(1000);
      assert.deepEqual(world.queues.bodies(queueArn), []);
    }),
  ),
  failing('a throttled batch is tried again while its messages are hidden', pages.sqsErrors, () =>
    withQueue({ handler: (_, count) => (count <= 3 ? throttle : undefined) }, async (world) => {
      send(world, 1);
      world.start();
      await world.clock.advance(10_000);
      assert.equal(world.invocations.length, 4);
      assert.equal(Object(world.invocations[3]?.event.Records[0]?.attributes).ApproximateReceiveCount, '1');
      assert.deepEqual(world.queues.bodies(queueArn), []);
    }),
  ),
  failing('a throttled batch is let go when its visibility timeout ends', pages.sqsErrors, () =>
    withQueue({ handler: () => throttle }, async (world) => {
      world.queues.send(queueArn, 'm0');
      world.start();
      await world.clock.advance(300_000);
      assert.deepEqual(world.queues.bodies(queueArn), []);
      assert.deepEqual(world.queues.bodies(deadLetterArn), ['m0']);
      // No message was sent to the function after it had gone back to its queue.
      const receipts = Map.groupBy(world.invocations, ({ event }) => event.Records[0]?.receiptHandle);
      assert.equal(receipts.size, 3);
      for (const tries of receipts.values()) assert((tries.at(-1)?.at ?? 0) - (tries[0]?.at ?? 0) < 30_000);
    }),
  ),
  failing.decided('documented and measured for streams; for queues AWS says only "an empty response"')(
    'queues: an empty list or an empty string as the response is a success',
    pages.sqsErrors,
    async () => {
      for (const answer of [[], '']) await leaves(() => answer, []);
    },
  ),
  failing.decided('AWS names no response that holds something and is no object')(
    'queues: a response that is no object, or a list that is none, fails the whole batch',
    pages.sqsErrors,
    async () => {
      for (const answer of ['done', 7, [{ itemIdentifier: 'm0' }], { batchItemFailures: 'none' }])
        await leaves(() => answer, ['m0', 'm1']);
    },
  ),
  failing('queues: errors reduce the concurrency step by step', pages.sqsErrors, () =>
    withQueue({ properties: { BatchSize: 1 }, handler: failsAfter(10) }, async (world) => {
      world.queues.create(queueArn, { visibilityTimeoutSeconds: 1 });
      const seen: number[] = [];
      send(world, 100);
      world.start();
      await world.clock.until(() => {
        seen.push(concurrencyOf(world));
        return concurrencyOf(world) === 1;
      });
      assert.deepEqual([...new Set(seen)], [5, 4, 3, 2, 1]);
    }),
  ),
  failing.decided('AWS says that it backs off, not how it comes back')(
    'queues: successes bring the concurrency back, one step each',
    pages.sqsErrors,
    () => {
      let down = true;
      return withQueue(
        {
          properties: { BatchSize: 1 },
          handler: (...call) => (down ? fails(...call) : call[2].sleep(100)),
        },
        async (world) => {
          world.queues.create(queueArn, { visibilityTimeoutSeconds: 1 });
          send(world, 500);
          world.start();
          await world.clock.until(() => concurrencyOf(world) === 1);
          down = false;
          await world.clock.until(() => concurrencyOf(world) === 5);
          // An empty queue would have brought it back as well.
          assert(world.queues.bodies(queueArn).length > 0);
        },
      );
    },
  ),
  failing('queues: throttles reduce the concurrency', pages.sqsErrors, () =>
    withQueue({ properties: { BatchSize: 1 }, handler: () => throttle }, async (world) => {
      send(world, 20);
      world.start();
      await world.clock.advance(10_000);
      assert.equal(concurrencyOf(world), 1);
    }),
  ),
  failing(
    'queues: with ReportBatchItemFailures polling does not scale down, neither on partial failures nor on errors',
    pages.sqsErrors,
    async () => {
      const reportsAll: Handler = ({ event }) => reported(event.Records.map(({ messageId }) => messageId));
      for (const handler of [reportsAll, fails])
        await withQueue({ properties: { ...reporting, BatchSize: 1 }, handler }, async (world) => {
          send(world, 20);
          world.start();
          await world.clock.until(() => world.invocations.length >= 15);
          assert.equal(concurrencyOf(world), 5);
        });
    },
  ),
  failing('queues: a partial failure is no error: it does not scale polling down', pages.sqsErrors, () => {
    let answered = 0;
    return withQueue(
      {
        properties: { ...reporting, BatchSize: 2 },
        handler: (...call) => {
          answered += 1;
          return reports('m0', 'm2', 'm4', 'm6')(...call);
        },
      },
      async (world) => {
        send(world, 8);
        world.start();
        await world.clock.until(() => answered >= 4);
        await world.clock.advance(100);
        assert.equal(concurrencyOf(world), 5);
      },
    );
  }),
  failing('queues: an unknown message id beside a known one fails the whole batch', pages.sqsErrors, () =>
    leaves(({ event }) => reported([event.Records[0]?.messageId, 'no-such-message']), ['m0', 'm1']),
  ),
  failing(
    'queues: a throttled batch that was gathered in a window is let go when its oldest message comes back',
    pages.sqsErrors,
    () =>
      withQueue(
        { properties: { MaximumBatchingWindowInSeconds: 20 }, handler: () => throttle },
        async (world) => {
          world.start();
          send(world, 1);
          await world.clock.advance(15_000);
          world.queues.send(queueArn, 'later');
          await world.clock.advance(30_000);
          // The first message is visible again after 30 s; the batch with it must be gone by then.
          const together = world.invocations.filter(({ records }) => records.length === 2);
          assert(together.length > 0);
          const began = Date.parse('2026-01-15T10:00:00Z');
          assert(together.every(({ at }) => at - began < 30_000));
        },
      ),
  ),
  failing('a message that could not be deleted is delivered again: at least once', pages.visibility, () =>
    withQueue({}, async (world) => {
      world.queues.failDeletes(1);
      send(world, 1);
      world.start();
      await world.clock.advance(40_000);
      assert.equal(world.invocations.length, 2);
      assert.deepEqual(world.queues.bodies(queueArn), []);
    }),
  ),
];
