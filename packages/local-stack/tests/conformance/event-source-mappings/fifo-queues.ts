import assert from 'node:assert/strict';
import { type Behaviour, inArea, pages } from '../behaviour.ts';
import { deadLetterArn, fifoArn, type Handler, throttle, withFifo } from '../support/world.ts';

const fifo = inArea('FIFO queues: batches of groups');

/** Stops at the first of these bodies of each group, and reports it and what follows it in the group. */
const stopsAt =
  (...bodies: string[]): Handler =>
  ({ event }) => {
    const stopped = new Set<unknown>();
    const failed = event.Records.filter(({ body = '', attributes }) => {
      const { MessageGroupId } = Object(attributes);
      if (bodies.includes(body)) stopped.add(MessageGroupId);
      return stopped.has(MessageGroupId);
    });
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };

export const fifoQueues: readonly Behaviour[] = [
  fifo('a batch holds messages of a group in order, and may hold several groups', pages.sqs, () =>
    withFifo({}, async (world) => {
      world.queues.sendTo(fifoArn, 'a', 'a1', 'a2');
      world.queues.sendTo(fifoArn, 'b', 'b1');
      world.queues.sendTo(fifoArn, 'a', 'a3');
      world.start();
      await world.clock.advance(100);
      assert.deepEqual(world.batches(), [['a1', 'a2', 'b1', 'a3']]);
      assert.deepEqual(world.queues.bodies(fifoArn), []);
    }),
  ),
  fifo('one batch of a group is at the function at a time', pages.sqsScaling, () =>
    withFifo(
      { properties: { BatchSize: 1 }, handler: (_, __, clock) => clock.sleep(1000) },
      async (world) => {
        world.queues.sendTo(fifoArn, 'a', 'a1', 'a2', 'a3', 'a4');
        world.start();
        await world.clock.until(() => world.queues.bodies(fifoArn).length === 0);
        assert.equal(world.concurrent.most, 1);
        assert.deepEqual(world.batches(), [['a1'], ['a2'], ['a3'], ['a4']]);
      },
    ),
  ),
  fifo('as many batches as there are groups are at the function at a time', pages.sqsScaling, () =>
    withFifo(
      { properties: { BatchSize: 1 }, handler: (_, __, clock) => clock.sleep(1000) },
      async (world) => {
        for (const group of ['a', 'b', 'c']) world.queues.sendTo(fifoArn, group, `${group}1`, `${group}2`);
        world.start();
        await world.clock.until(() => world.queues.bodies(fifoArn).length === 0);
        assert.equal(world.concurrent.most, 3);
      },
    ),
  ),
  fifo('MaximumConcurrency limits the groups at a time', pages.sqsScaling, () =>
    withFifo(
      {
        properties: { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } },
        handler: (_, __, clock) => clock.sleep(1000),
      },
      async (world) => {
        for (const group of ['a', 'b', 'c', 'd']) world.queues.sendTo(fifoArn, group, `${group}1`);
        world.start();
        await world.clock.until(() => world.queues.bodies(fifoArn).length === 0);
        assert.equal(world.concurrent.most, 2);
      },
    ),
  ),
  fifo(
    'a group whose batch failed waits until its visibility timeout is over, and others go on',
    pages.sqsErrors,
    () =>
      withFifo(
        {
          properties: { BatchSize: 2, FunctionResponseTypes: [] },
          handler: ({ records }, count) => {
            if (count === 1) throw new Error(`cannot work on ${records}`);
          },
        },
        async (world) => {
          world.queues.sendTo(fifoArn, 'a', 'a1', 'a2', 'a3');
          world.queues.sendTo(fifoArn, 'b', 'b1');
          world.start();
          await world.clock.advance(29_000);
          assert.deepEqual(world.batches(), [['a1', 'a2'], ['b1']]);
          await world.clock.advance(5000);
          assert.deepEqual(world.batches().slice(2), [['a1', 'a2'], ['a3']]);
        },
      ),
  ),
  fifo(
    'a function that stops at the first failure of a group and reports the rest keeps the order',
    pages.sqsErrors,
    () => {
      const done: string[] = [];
      const handler: Handler = (invocation, count, clock) => {
        const answer = Object(stopsAt(...(count === 1 ? ['a2'] : []))(invocation, count, clock));
        const failed = answer.batchItemFailures.map(({ itemIdentifier }: Record<string, unknown>) =>
          String(itemIdentifier),
        );
        done.push(
          ...invocation.event.Records.filter(({ messageId }) => !failed.includes(messageId)).map(
            ({ body = '' }) => body,
          ),
        );
        return answer;
      };
      return withFifo({ handler }, async (world) => {
        world.queues.sendTo(fifoArn, 'a', 'a1', 'a2', 'a3');
        world.queues.sendTo(fifoArn, 'b', 'b1', 'b2');
        world.start();
        await world.clock.advance(1000);
        assert.deepEqual(world.queues.bodies(fifoArn), ['a2', 'a3']);
        world.queues.sendTo(fifoArn, 'a', 'a4');
        world.queues.sendTo(fifoArn, 'b', 'b3');
        await world.clock.advance(40_000);
        assert.deepEqual(
          done.filter((body) => body.startsWith('a')),
          ['a1', 'a2', 'a3', 'a4'],
        );
        assert(done.indexOf('b3') < done.indexOf('a2'));
      });
    },
  ),
  fifo(
    'a message that is not reported is deleted, though an earlier one of its group failed',
    pages.sqsErrors,
    () =>
      withFifo(
        {
          handler: ({ event }) => ({
            batchItemFailures: [{ itemIdentifier: event.Records[0]?.messageId }],
          }),
        },
        async (world) => {
          world.queues.sendTo(fifoArn, 'a', 'a1', 'a2');
          world.start();
          await world.clock.advance(1000);
          assert.deepEqual(world.queues.bodies(fifoArn), ['a1']);
        },
      ),
  ),
  fifo(
    'a message that fails too often goes to the dead-letter queue, and its group goes on',
    pages.deadLetterQueues,
    () =>
      withFifo({ handler: stopsAt('a1') }, async (world) => {
        world.queues.sendTo(fifoArn, 'a', 'a1');
        world.start();
        await world.clock.advance(1000);
        world.queues.sendTo(fifoArn, 'a', 'a2');
        await world.clock.until(() => world.queues.bodies(fifoArn).length === 0);
        assert.deepEqual(world.queues.bodies(`${deadLetterArn}.fifo`), ['a1']);
        assert.deepEqual(world.batches().at(-1), ['a2']);
      }),
  ),
  fifo('a throttled batch of a group is tried again before anything else of the group', pages.sqsErrors, () =>
    withFifo(
      { properties: { BatchSize: 1 }, handler: (_, count) => (count < 3 ? throttle : undefined) },
      async (world) => {
        world.queues.sendTo(fifoArn, 'a', 'a1', 'a2');
        world.start();
        await world.clock.until(() => world.queues.bodies(fifoArn).length === 0);
        assert.deepEqual(world.batches(), [['a1'], ['a1'], ['a1'], ['a2']]);
      },
    ),
  ),
  fifo('a batch of a FIFO queue holds at most 10 messages', pages.sqsParameters, () =>
    assert.rejects(
      async () =>
        withFifo({ properties: { BatchSize: 11, MaximumBatchingWindowInSeconds: 1 } }, async () => {}),
      /BatchSize: must be at most 10 for a FIFO queue/,
    ),
  ),
  fifo('a FIFO queue has no batching window', pages.sqsParameters, () =>
    assert.rejects(
      async () => withFifo({ properties: { MaximumBatchingWindowInSeconds: 1 } }, async () => {}),
      /MaximumBatchingWindowInSeconds: is not supported for FIFO queues/,
    ),
  ),
  fifo.decided('AWS does not say what becomes of the rest; here it goes back to the queue')(
    'the rest of a group that would take a batch over 6 MB waits until the batch is done',
    pages.batching,
    () =>
      withFifo(
        {
          handler: async (_, count, clock) => {
            await clock.sleep(1000);
            if (count === 1) throw new Error('the first batch fails');
          },
        },
        async (world) => {
          const bodies = Array.from({ length: 8 }, (_, index) => `${index}${'x'.repeat(1_000_000)}`);
          world.queues.sendTo(fifoArn, 'a', ...bodies);
          world.start();
          await world.clock.until(() => world.queues.bodies(fifoArn).length === 0);
          const numbers = world.batches().map((batch) => batch.map((body) => Number(body[0])));
          assert.deepEqual(numbers, [
            [0, 1, 2, 3, 4, 5],
            [0, 1, 2, 3, 4, 5],
            [6, 7],
          ]);
        },
      ),
  ),
];
