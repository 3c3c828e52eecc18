import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type TargetPorts, UndeliverableError } from './delivery.ts';

/** What SQS says of a queue that is not there, by either protocol. */
const GONE = /NonExistentQueue|QueueDoesNotExist/;

/** Queues as targets, through the AWS SDK. */
export const targetQueues =
  (sqs: SQSClient, urlOf: (queueArn: string) => Promise<string>): TargetPorts['sendMessage'] =>
  async (queueArn, body, attributes = {}) => {
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
    );
    try {
      await sqs.send(
        new SendMessageCommand({ QueueUrl: await urlOf(queueArn), MessageBody: body, MessageAttributes }),
      );
    } catch (error) {
      if (error instanceof Error && GONE.test(error.name))
        throw new UndeliverableError('NO_RESOURCE', error.message);
      throw error;
    }
  };
