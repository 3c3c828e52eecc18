import { z } from 'zod';
import type { ReadQueueDepth } from './queue-metrics.ts';

const message = z
  .object({
    sentTimestamp: z.number(),
    approximateReceiveCount: z.number(),
    movedAt: z.number().optional(),
    receivesBeforeMove: z.number().default(0),
  })
  .transform(({ sentTimestamp, movedAt, approximateReceiveCount, receivesBeforeMove }) => ({
    since: movedAt ?? sentTimestamp,
    receives: approximateReceiveCount - receivesBeforeMove,
  }));
const inspection = z.object({
  messages: z.object({
    ready: z.array(message),
    delayed: z.array(message),
    inflight: z.array(z.object({ message, visibilityDeadline: z.number() })),
  }),
});

/** A message that was received this often without being deleted counts as a poison pill and does not affect the queue's age. */
const POISON_RECEIVES = 3;

/**
 * Reads queues through the inspection endpoint of fauxqs: the SQS API tells how many messages there are, but
 * not how old they are. A message whose visibility timeout is over counts as visible.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export function fauxqsQueueDepths(endpoint: string): ReadQueueDepth {
  return async (queueName) => {
    const response = await fetch(new URL(`/_fauxqs/queues/${encodeURIComponent(queueName)}`, endpoint));
    if (!response.ok) throw new Error(`${queueName}: the engine answered ${response.status}`);
    const { ready, delayed, inflight } = inspection.parse(await response.json()).messages;
    const hidden = inflight.filter(({ visibilityDeadline }) => visibilityDeadline > Date.now());
    const aging = [...ready, ...delayed, ...inflight.map((entry) => entry.message)].filter(
      ({ receives }) => receives < POISON_RECEIVES,
    );
    return {
      visible: ready.length + inflight.length - hidden.length,
      notVisible: hidden.length,
      delayed: delayed.length,
      ...(aging.length > 0 && { oldestSince: Math.min(...aging.map(({ since }) => since)) }),
    };
  };
}
