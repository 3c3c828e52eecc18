import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { startFauxqs } from '../../src/engines/fauxqs.ts';
import type { MetricDatum } from '../../src/metrics/metric.ts';
import { fauxqsQueueDepths, startQueueMetrics } from '../../src/queue-metrics/index.ts';
import { createVirtualClock } from '../conformance/support/virtual-clock.ts';

const values = (metrics: readonly MetricDatum[]) =>
  Object.fromEntries(metrics.map(({ name, value, unit }) => [name, `${value} ${unit}`]));

test('depth and age of the oldest message are emitted once a minute under the names of SQS', async () => {
  const clock = createVirtualClock();
  const metrics: MetricDatum[] = [];
  const oldestSince = clock.now() - 90_500;
  const running = startQueueMetrics({
    queueNames: ['work'],
    read: async () => ({ visible: 3, notVisible: 2, delayed: 1, oldestSince }),
    clock,
    metrics: (datum) => metrics.push(datum),
    log: () => {},
  });
  await clock.advance(1000);
  expect(values(metrics)).toEqual({
    ApproximateNumberOfMessagesVisible: '3 Count',
    ApproximateNumberOfMessagesNotVisible: '2 Count',
    ApproximateNumberOfMessagesDelayed: '1 Count',
    ApproximateAgeOfOldestMessage: '90 Seconds',
  });
  expect(metrics[0]).toMatchObject({ namespace: 'AWS/SQS', dimensions: { QueueName: 'work' } });
  await clock.advance(120_000);
  expect(metrics).toHaveLength(12);
  await running.stop();
});

test('an empty queue has no age, and a queue that cannot be read has no data and stops nothing', async () => {
  const clock = createVirtualClock();
  const metrics: MetricDatum[] = [];
  const logs: string[] = [];
  const running = startQueueMetrics({
    queueNames: ['gone', 'empty'],
    read: async (queueName) => {
      if (queueName === 'gone') throw new Error('no such queue');
      return { visible: 0, notVisible: 0, delayed: 0 };
    },
    clock,
    metrics: (datum) => metrics.push(datum),
    log: (line) => logs.push(line),
  });
  await clock.advance(1000);
  await running.stop();
  expect(new Set(metrics.map(({ dimensions }) => dimensions.QueueName))).toEqual(new Set(['empty']));
  expect(values(metrics)).toMatchObject({ ApproximateNumberOfMessagesVisible: '0 Count' });
  expect(values(metrics)).not.toHaveProperty('ApproximateAgeOfOldestMessage');
  expect(logs).toEqual([expect.stringContaining('no such queue')]);
});

test('the engine tells visible, hidden and delayed messages and the oldest of them', async () => {
  const engine = await startFauxqs({ port: 0, region: 'us-east-1' });
  const { endpoint } = engine;
  const sqs = new SQSClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'work' }));
    const read = fauxqsQueueDepths(endpoint);
    expect(await read('work')).toEqual({ visible: 0, notVisible: 0, delayed: 0 });

    const before = Date.now();
    for (let count = 0; count < 3; count += 1)
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm' }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'later', DelaySeconds: 60 }));
    await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 1 }));
    const depth = await read('work');
    expect(depth).toMatchObject({ visible: 2, notVisible: 1, delayed: 1 });
    expect(depth.oldestSince).toBeGreaterThanOrEqual(before);
    expect(depth.oldestSince).toBeLessThanOrEqual(Date.now());
    await expect(read('nowhere')).rejects.toThrow(/nowhere/);
  } finally {
    sqs.destroy();
    await engine.stop();
  }
});
