import { createLogger } from '#lib/platform/logger.ts';
import { createMetrics } from '#lib/platform/metrics.ts';
import { type Delivery, type PostponeMessage, queueConsumer } from '#lib/platform/queue-consumer.ts';
import { PostEvent } from './post-event.ts';

/** The ids to follow an event by, from the request that caused it to the last subscriber. Never the content. */
const logKeys = ({ correlationId, postId, eventId, version, change }: PostEvent) => ({
  correlationId,
  postId,
  eventId,
  version,
  change,
});

/**
 * The Lambda handler of a subscriber: post events from its queue, each handled by itself.
 * @param handle does the work of one event; a rejection brings the event again. Events come at least once and in
 * any order.
 * @param options.postpone for a subscriber that throws `RetryLater`
 */
export const subscriber = (
  handle: (event: PostEvent, delivery: Delivery) => Promise<void>,
  { postpone }: { postpone?: PostponeMessage } = {},
) =>
  queueConsumer({
    schema: PostEvent,
    handle,
    logKeys,
    occurredAt: ({ occurredAt }) => occurredAt,
    postpone,
    logger: createLogger(),
    metrics: createMetrics(),
  });
