import type { QueueMapping } from '../mapping.ts';
import type { QueueMessage } from '../ports.ts';

/** A message as the function sees it. */
export type QueueEventRecord = QueueMessage & {
  readonly eventSource: 'aws:sqs';
  readonly eventSourceARN: string;
  readonly awsRegion: string;
};

export interface ReceivedMessage {
  readonly event: QueueEventRecord;
  /** Length of the event as JSON. */
  readonly bytes: number;
  readonly receivedAt: number;
}

/**
 * The event record as Lambda builds it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function toReceived(
  message: QueueMessage,
  mapping: QueueMapping,
  receivedAt: number,
): ReceivedMessage {
  const { eventSourceArn: eventSourceARN, region: awsRegion } = mapping;
  const event = { ...message, eventSource: 'aws:sqs', eventSourceARN, awsRegion } as const;
  return { event, bytes: Buffer.byteLength(JSON.stringify(event)), receivedAt };
}
