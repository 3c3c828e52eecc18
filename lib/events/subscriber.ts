import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { sqsPostpone } from '#lib/platform/aws/sqs.ts';
import { readConfig } from '#lib/platform/config.ts';
import { type Delivery, type Outcome, queueConsumer } from '#lib/platform/queue-consumer.ts';
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
 * @param handle does the work of one event and tells what became of it; a rejection brings the event again, `RetryLater`
 * not before its time. Events come at least once and in any order.
 * @throws {InvalidConfig} when QUEUE_URL, the subscriber's own queue, is not in the environment
 */
export const subscriber = (
  handle: (event: PostEvent, delivery: Delivery) => Promise<Outcome | undefined>,
) => {
  const { QUEUE_URL } = readConfig(z.object({ QUEUE_URL: z.url() }));
  return queueConsumer({
    schema: PostEvent,
    handle,
    logKeys,
    occurredAt: ({ occurredAt }) => occurredAt,
    postpone: sqsPostpone(new SQSClient({}), QUEUE_URL),
  });
};
