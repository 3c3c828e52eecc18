import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { sqsPostpone } from '#lib/platform/aws/sqs.ts';
import { readConfig } from '#lib/platform/config.ts';
import { type Delivery, type Outcome, queueConsumer } from '#lib/platform/queue-consumer.ts';
import { PostEvent } from './post-event.ts';

const logKeys = ({ correlationId, postId, eventId, version, change }: PostEvent) => ({
  correlationId,
  postId,
  eventId,
  version,
  change,
});

/**
 * The Lambda handler of a subscriber.
 * @param handle handles one event, which may come repeatedly and in any order. A rejection brings the event again,
 * `RetryLater` not before its time.
 * @throws {InvalidConfig} at start, without the environment's QUEUE_URL
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
