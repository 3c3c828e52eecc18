import { z } from 'zod';
import type { ReadQueueDepth } from './queue-metrics.ts';

const message = z.object({ sentTimestamp: z.number() });
const inspection = z.object({
  messages: z.object({
    ready: z.array(message),
    delayed: z.array(message),
    inflight: z.array(z.object({ message, visibilityDeadline: z.number() })),
  }),
});

/**
 * Reads queues through the inspection endpoint of fauxqs: the SQS API tells how many messages there are, but
 * not how old they are. A message whose visibility timeout is over counts as visible.
 */
export function fauxqsQueueDepths(endpoint: string): ReadQueueDepth {
  return async (queueName) => {
    const response = await fetch(new URL(`/_fauxqs/queues/${encodeURIComponent(queueName)}`, endpoint));
    if (!response.ok) throw new Error(`${queueName}: the engine answered ${response.status}`);
    const { ready, delayed, inflight } = inspection.parse(await response.json()).messages;
    const hidden = inflight.filter(({ visibilityDeadline }) => visibilityDeadline > Date.now());
    const all = [...ready, ...delayed, ...inflight.map((entry) => entry.message)];
    const oldest = all.reduce(
      (least, { sentTimestamp }) => Math.min(least, sentTimestamp),
      Number.POSITIVE_INFINITY,
    );
    return {
      visible: ready.length + inflight.length - hidden.length,
      notVisible: hidden.length,
      delayed: delayed.length,
      ...(all.length > 0 && { oldestSentAt: oldest }),
    };
  };
}
