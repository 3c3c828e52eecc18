import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { PostponeMessage } from '../queue-consumer.ts';

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
