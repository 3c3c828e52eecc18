import type { TopicMessage } from './filter-policy.ts';

/** What SNS does not deliver although the subscription wants it: the endpoint refuses it for good. */
export interface ClientError {
  readonly code: string;
  readonly message: string;
}

const MAX_ATTRIBUTES_OF_A_RAW_MESSAGE = 10;

/**
 * Why a queue refuses a message of a topic. SNS does not try such a delivery again: it goes to the dead-letter queue of
 * the subscription, or is lost.
 * @param body what would be delivered
 * @param queue `undefined` when there is none at the subscription's endpoint
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
 */
export function clientErrorOf(
  body: string,
  attributes: TopicMessage['attributes'],
  isRaw: boolean,
  queue: { readonly maximumMessageBytes: number } | undefined,
): ClientError | undefined {
  if (queue === undefined)
    return {
      code: 'AWS.SimpleQueueService.NonExistentQueue',
      message: 'The specified queue does not exist.',
    };
  const count = Object.keys(attributes).length;
  if (isRaw && count > MAX_ATTRIBUTES_OF_A_RAW_MESSAGE)
    return {
      code: 'InvalidParameterValue',
      message: `Number of message attributes [${count}] exceeds the allowed maximum [${MAX_ATTRIBUTES_OF_A_RAW_MESSAGE}].`,
    };
  const bytes = Buffer.byteLength(body) + (isRaw ? attributeBytes(attributes) : 0);
  if (bytes > queue.maximumMessageBytes)
    return {
      code: 'InvalidParameterValue',
      message: `One or more parameters are invalid. Reason: Message must be shorter than ${queue.maximumMessageBytes} bytes.`,
    };
  return undefined;
}

/** Names, types and values count. */
export function attributeBytes(attributes: TopicMessage['attributes']): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue = '', BinaryValue = '' }]) =>
      sum + Buffer.byteLength(`${name}${DataType}${StringValue}${BinaryValue}`),
    0,
  );
}
