import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { readConfig } from '#lib/platform/config.ts';
import {
  type Delivery,
  type Outcome,
  type PostponeMessage,
  queueConsumer,
} from '#lib/platform/queue-consumer.ts';
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
 * @param handle handles one event, which may be delivered repeatedly and in any order. A rejection makes SQS deliver the event again,
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
    // Otherwise the queue's URL wins over AWS_ENDPOINT_URL_SQS, and the call passes a proxy by.
    postpone: sqsPostpone(new SQSClient({ useQueueUrlAsEndpoint: false }), QUEUE_URL),
  });
};

/** SQS allows 12 hours from when the message was received. */
const MAX_SECONDS = 11 * 60 * 60;

/**
 * Keeps a failed message invisible for a chosen time instead of the visibility timeout.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 */
export const sqsPostpone =
  (client: SQSClient, queueUrl: string): PostponeMessage =>
  async ({ receiptHandle }, seconds) => {
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: Math.min(Math.ceil(seconds), MAX_SECONDS),
      }),
    );
  };
