import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { PostponeMessage } from '../queue-consumer.ts';

/**
 * An SQS client with the runtime's own region and credentials, whose endpoint is the region's, or that of
 * AWS_ENDPOINT_URL_SQS, whatever host a queue URL names.
 */
export const createSqsClient = (): SQSClient => new SQSClient({ useQueueUrlAsEndpoint: false });

/** A message may be invisible for 12 hours in all, counted from when it was received. */
const MOST_SECONDS = 11 * 60 * 60;

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
        VisibilityTimeout: Math.min(Math.ceil(seconds), MOST_SECONDS),
      }),
    );
  };
