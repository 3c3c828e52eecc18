import type { Clock } from '../clock.ts';
import type { EmittedMetric } from '../metrics/emitted.ts';
import type { MetricDatum, MetricSink } from '../metrics/metric.ts';

/** What is in a queue at one moment. */
export interface QueueDepth {
  readonly visible: number;
  readonly notVisible: number;
  readonly delayed: number;
  /**
   * Since when the oldest message is in the queue, milliseconds since the epoch; without those that were received
   * three times and not deleted.
   */
  readonly oldestSince?: number;
}

/** Rejects when the queue cannot be asked. */
export type ReadQueueDepth = (queueName: string) => Promise<QueueDepth>;

export interface QueueMetrics {
  /** Measures every queue now. */
  sample(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Emits depth and age of the oldest message of every queue once a minute, as SQS does. A queue without a message
 * that counts has no age, one that cannot be read has no data for that minute.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export function startQueueMetrics(options: {
  readonly queueNames: readonly string[];
  readonly read: ReadQueueDepth;
  readonly clock: Clock;
  readonly metrics: MetricSink;
  readonly log: (message: string) => void;
  readonly periodMs?: number;
}): QueueMetrics {
  const { queueNames, read, clock, metrics, log, periodMs = 60_000 } = options;
  const halt = new AbortController();

  async function measure(QueueName: string): Promise<void> {
    const emit = (name: EmittedMetric<'AWS/SQS'>, value: number, unit: MetricDatum['unit']) =>
      metrics({ namespace: 'AWS/SQS', name, dimensions: { QueueName }, value, unit, timestamp: clock.now() });
    try {
      const { visible, notVisible, delayed, oldestSince } = await read(QueueName);
      emit('ApproximateNumberOfMessagesVisible', visible, 'Count');
      emit('ApproximateNumberOfMessagesNotVisible', notVisible, 'Count');
      emit('ApproximateNumberOfMessagesDelayed', delayed, 'Count');
      if (oldestSince === undefined) return;
      const seconds = Math.floor((clock.now() - oldestSince) / 1000);
      emit('ApproximateAgeOfOldestMessage', Math.max(0, seconds), 'Seconds');
    } catch (error) {
      log(`${QueueName}: no metrics this time: ${error}`);
    }
  }

  const sample = async () => {
    await Promise.all(queueNames.map(measure));
  };

  const running = (async () => {
    while (!halt.signal.aborted) {
      await sample();
      await clock.sleep(periodMs, halt.signal);
    }
  })();

  return {
    sample,
    async stop() {
      halt.abort();
      await running;
    },
  };
}
