import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { QueueMessage, QueueSource } from '../ports.ts';

/** The URL of a queue by its ARN, asked once. */
export function queueUrls(client: SQSClient): (queueArn: string) => Promise<string> {
  const known = new Map<string, string>();
  return async (queueArn) => {
    const found = known.get(queueArn);
    if (found) return found;
    const [, , , , , name] = queueArn.split(':');
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: name }));
    if (!QueueUrl) throw new Error(`There is no queue ${queueArn}`);
    known.set(queueArn, QueueUrl);
    return QueueUrl;
  };
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

function toMessageAttributes(attributes: Message['MessageAttributes']): QueueMessage['messageAttributes'] {
  return Object.fromEntries(
    Object.entries(attributes ?? {}).map(([name, value]) => [
      name,
      {
        ...(value.StringValue !== undefined && { stringValue: value.StringValue }),
        ...(value.BinaryValue !== undefined && { binaryValue: base64(value.BinaryValue) }),
        stringListValues: value.StringListValues ?? [],
        binaryListValues: (value.BinaryListValues ?? []).map(base64),
        dataType: value.DataType ?? 'String',
      },
    ]),
  );
}

/**
 * One received message in the shape Lambda delivers.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function toQueueMessage(message: Message): QueueMessage {
  const { MessageId, ReceiptHandle, MD5OfMessageAttributes } = message;
  if (!MessageId || !ReceiptHandle)
    throw new TypeError('ReceiveMessage answered a message without its id or handle');
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: message.Body ?? '',
    attributes: { ...message.Attributes },
    messageAttributes: toMessageAttributes(message.MessageAttributes),
    md5OfBody: message.MD5OfBody ?? '',
    ...(MD5OfMessageAttributes && { md5OfMessageAttributes: MD5OfMessageAttributes }),
  };
}

/** Amazon SQS through the AWS SDK. */
export function sqsQueues(client: SQSClient, urlOf = queueUrls(client)): QueueSource {
  const entries = (handles: string[]) =>
    handles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
  return {
    async receive(queueArn, maximum, waitSeconds) {
      const { Messages } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: await urlOf(queueArn),
          MaxNumberOfMessages: maximum,
          WaitTimeSeconds: waitSeconds,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['All'],
        }),
      );
      return (Messages ?? []).map(toQueueMessage);
    },
    async delete(queueArn, receiptHandles) {
      const { Failed } = await client.send(
        new DeleteMessageBatchCommand({ QueueUrl: await urlOf(queueArn), Entries: entries(receiptHandles) }),
      );
      return (Failed ?? []).flatMap(({ Id }) => receiptHandles[Number(Id)] ?? []);
    },
    async release(queueArn, receiptHandles) {
      await client.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: await urlOf(queueArn),
          Entries: entries(receiptHandles).map((entry) => ({ ...entry, VisibilityTimeout: 0 })),
        }),
      );
    },
    async visibilityTimeout(queueArn) {
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({
          QueueUrl: await urlOf(queueArn),
          AttributeNames: ['VisibilityTimeout'],
        }),
      );
      return Number(Attributes?.VisibilityTimeout ?? 30);
    },
  };
}
