import assert from 'node:assert/strict';
import type { MetricDatum } from '../../../src/metrics/metric.ts';
import { startQueueMetrics } from '../../../src/queue-metrics/index.ts';
import { type Behaviour, inArea, pages } from '../behaviour.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';
import { failureQueueArn, type Handler, queueArn, withQueue, withStream } from '../support/world.ts';

const inQueues = inArea('Queues: metrics');
const holds = inArea('Event source mappings: metrics');

const fails: Handler = () => {
  throw new Error('always');
};
const FilterCriteria = { Filters: [{ Pattern: JSON.stringify({ eventName: ['INSERT'] }) }] };

export const metrics: readonly Behaviour[] = [
  holds(
    'IteratorAge is the age of the last record of each batch when it is sent, by function, in milliseconds',
    pages.metrics,
    () =>
      withStream({}, async (world) => {
        world.stream.put({ createdAt: world.clock.now() - 90_000 });
        world.stream.put({ createdAt: world.clock.now() - 60_000 });
        world.start();
        await world.clock.advance(200);
        const [datum] = world.metrics.filter(({ name }) => name === 'IteratorAge');
        assert.equal(datum?.namespace, 'AWS/Lambda');
        assert.deepEqual(datum?.dimensions, { FunctionName: 'handler' });
        assert.equal(datum?.unit, 'Milliseconds');
        assert((datum?.value ?? 0) >= 60_000 && (datum?.value ?? 0) < 60_200);
      }),
  ),
  holds('IteratorAge grows while a batch is retried', pages.metrics, () =>
    withStream({ handler: fails }, async (world) => {
      world.stream.put({});
      world.start();
      await world.clock.advance(60_000);
      const ages = world.metrics.filter(({ name }) => name === 'IteratorAge').map(({ value }) => value);
      assert(ages.length > 3 && ages.every((age, index) => index === 0 || age > (ages[index - 1] ?? 0)));
    }),
  ),
  holds(
    'event counts are emitted only with MetricsConfig EventCount, by mapping UUID',
    pages.mappingMetrics,
    async () => {
      await withStream({ properties: { MetricsConfig: undefined } }, async (world) => {
        world.stream.put({});
        world.start();
        await world.clock.advance(200);
        assert.deepEqual([...new Set(world.metrics.map(({ name }) => name))], ['IteratorAge']);
      });
      await withStream({}, async (world) => {
        world.stream.put({});
        world.start();
        await world.clock.advance(200);
        const [datum] = world.metrics.filter(({ name }) => name === 'PolledEventCount');
        assert.deepEqual(datum?.dimensions, { EventSourceMappingUUID: world.mapping.id });
      });
    },
  ),
  holds(
    'PolledEventCount, FilteredOutEventCount and InvokedEventCount of a stream',
    pages.mappingMetrics,
    () =>
      withStream({ properties: { FilterCriteria } }, async (world) => {
        for (const eventName of ['INSERT', 'MODIFY', 'INSERT', 'REMOVE', 'INSERT'] as const)
          world.stream.put({ eventName });
        world.start();
        await world.clock.advance(200);
        assert.equal(world.sum('PolledEventCount'), 5);
        assert.equal(world.sum('FilteredOutEventCount'), 2);
        assert.equal(world.sum('InvokedEventCount'), 3);
      }),
  ),
  holds('PolledEventCount is zero, not missing, while there is nothing to read', pages.mappingMetrics, () =>
    withStream({}, async (world) => {
      world.start();
      await world.clock.advance(180_000);
      const minutes = world.metrics
        .filter(({ name, value }) => name === 'PolledEventCount' && value === 0)
        .map(({ timestamp }) => Math.floor(timestamp / 60_000));
      assert(new Set(minutes).size >= 3);
    }),
  ),
  holds('InvokedEventCount and FailedInvokeEventCount count retried events again', pages.mappingMetrics, () =>
    withStream({ handler: (...call) => (call[1] <= 2 ? fails(...call) : undefined) }, async (world) => {
      world.stream.put({});
      world.stream.put({});
      world.start();
      await world.clock.advance(60_000);
      assert.equal(world.sum('PolledEventCount'), 2);
      assert.equal(world.sum('InvokedEventCount'), 6);
      assert.equal(world.sum('FailedInvokeEventCount'), 4);
    }),
  ),
  holds('FailedInvokeEventCount includes events reported in batchItemFailures', pages.mappingMetrics, () =>
    withQueue(
      {
        properties: { FunctionResponseTypes: ['ReportBatchItemFailures'] },
        handler: ({ event }) => ({ batchItemFailures: [{ itemIdentifier: event.Records[0]?.messageId }] }),
      },
      async (world) => {
        for (let count = 0; count < 4; count += 1) world.queues.send(queueArn, 'm');
        world.start();
        await world.clock.advance(1000);
        assert.equal(world.sum('FailedInvokeEventCount'), 1);
        assert.equal(world.sum('DeletedEventCount'), 3);
      },
    ),
  ),
  holds(
    'given-up records that reach their destination count as OnFailureDestinationDeliveredEventCount, not as dropped',
    pages.mappingMetrics,
    () =>
      withStream(
        {
          handler: fails,
          properties: {
            MaximumRetryAttempts: 0,
            DestinationConfig: { OnFailure: { Destination: failureQueueArn } },
          },
        },
        async (world) => {
          for (let count = 0; count < 3; count += 1) world.stream.put({});
          world.start();
          await world.clock.advance(1000);
          assert.equal(world.sum('DroppedEventCount'), 0);
          assert.equal(world.sum('OnFailureDestinationDeliveredEventCount'), 3);
          assert.equal(world.sum('DestinationDeliveryFailures'), 0);
        },
      ),
  ),
  holds(
    'PolledEventCount, FilteredOutEventCount and InvokedEventCount of a queue',
    pages.mappingMetrics,
    () =>
      withQueue(
        {
          properties: {
            FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ body: { wanted: [true] } }) }] },
          },
        },
        async (world) => {
          for (const wanted of [true, false, true, false, true])
            world.queues.send(queueArn, JSON.stringify({ wanted }));
          world.start();
          await world.clock.advance(1000);
          assert.equal(world.sum('PolledEventCount'), 5);
          assert.equal(world.sum('FilteredOutEventCount'), 2);
          assert.equal(world.sum('InvokedEventCount'), 3);
        },
      ),
  ),
  inQueues(
    'SQS emits depth and age of the oldest message once a minute, by queue',
    pages.queueMetrics,
    async () => {
      const clock = createVirtualClock();
      const emitted: MetricDatum[] = [];
      const oldestSince = clock.now() - 120_000;
      const running = startQueueMetrics({
        queueNames: ['work'],
        read: async () => ({ visible: 4, notVisible: 2, delayed: 1, oldestSince }),
        clock,
        metrics: (datum) => emitted.push(datum),
        log: () => {},
      });
      await clock.advance(59_000);
      await running.stop();
      assert.deepEqual(
        emitted.map(({ namespace, dimensions, name, value, unit }) => [
          namespace,
          dimensions.QueueName,
          name,
          value,
          unit,
        ]),
        [
          ['AWS/SQS', 'work', 'ApproximateNumberOfMessagesVisible', 4, 'Count'],
          ['AWS/SQS', 'work', 'ApproximateNumberOfMessagesNotVisible', 2, 'Count'],
          ['AWS/SQS', 'work', 'ApproximateNumberOfMessagesDelayed', 1, 'Count'],
          ['AWS/SQS', 'work', 'ApproximateAgeOfOldestMessage', 120, 'Seconds'],
        ],
      );
    },
  ),
];
