import { ChangeMessageVisibilityCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { PostponeMessage } from '../queue-consumer.ts';

/** A message may be invisible for 12 hours in all, counted from when it was received. */
const MAX_SECONDS = 11 * 60 * 60;

/**
 * Keeps a failed message of this queue away for a time its handler chose, instead of the visibility timeout.
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
