import { z } from 'zod';
import type { Account, Need, Operation, ServiceCall } from './need.ts';

/** Batch operations need the right of the single one. */
const single = (name: string): string => name.replace(/Batch$/, '');

/** A field of a form, without reading the others: messages are long. */
const fieldsOf = ({ requestBody }: ServiceCall): ((name: string) => string | undefined) => {
  const text = requestBody.toString();
  return (name) => {
    const [, value] = new RegExp(`(?:^|&)${name}=([^&]*)`).exec(text) ?? [];
    return value === undefined ? undefined : decodeURIComponent(value.replaceAll('+', ' '));
  };
};

/** A subscription's ARN is its topic's, followed by an id. */
const topicOf = (subscriptionArn: string): string => subscriptionArn.split(':').slice(0, 6).join(':');

/**
 * What an operation of SNS needs.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
 */
export const snsOperation = (call: ServiceCall): Operation => {
  const field = fieldsOf(call);
  const name = field('Action') ?? '';
  const subscription = field('SubscriptionArn');
  const resource =
    field('TopicArn') ??
    field('TargetArn') ??
    field('ResourceArn') ??
    (subscription === undefined ? '*' : topicOf(subscription));
  const context = () => ({ 'sns:Protocol': field('Protocol'), 'sns:Endpoint': field('Endpoint') });
  return { name, needs: [{ action: `sns:${single(name)}`, resource, context }] };
};

const QueueRequest = z.looseObject({
  QueueUrl: z.string().optional(),
  QueueName: z.string().optional(),
  SourceArn: z.string().optional(),
  DestinationArn: z.string().optional(),
});

const queueRequest = (call: ServiceCall): { name: string; request: z.infer<typeof QueueRequest> } => {
  const target = call.headers['x-amz-target'];
  if (typeof target === 'string') {
    const body: unknown = JSON.parse(call.requestBody.toString() || '{}');
    return { name: target.slice(target.indexOf('.') + 1), request: QueueRequest.parse(body) };
  }
  const form = Object.fromEntries(new URLSearchParams(call.requestBody.toString()));
  return { name: form.Action ?? '', request: QueueRequest.parse(form) };
};

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html */
const moveNeeds = (source: string, destination: string | undefined): Need[] => [
  ...['StartMessageMoveTask', 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'].map((action) => ({
    action: `sqs:${action}`,
    resource: source,
  })),
  ...(destination === undefined ? [] : [{ action: 'sqs:SendMessage', resource: destination }]),
];

/**
 * What an operation of SQS needs.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
 */
export const sqsOperation = (call: ServiceCall, { region, accountId }: Account): Operation => {
  const { name, request } = queueRequest(call);
  const { QueueUrl, QueueName, SourceArn, DestinationArn } = request;
  if (name === 'StartMessageMoveTask') return { name, needs: moveNeeds(SourceArn ?? '*', DestinationArn) };
  const queue = QueueUrl === undefined ? QueueName : QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1);
  const named = queue === undefined ? (SourceArn ?? '*') : `arn:aws:sqs:${region}:${accountId}:${queue}`;
  const resource = name === 'ListQueues' ? '*' : named;
  return { name, needs: [{ action: `sqs:${single(name)}`, resource }] };
};
