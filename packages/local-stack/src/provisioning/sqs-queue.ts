import { CreateQueueCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { arn, fifoName, physicalName, type ResourceType } from './resource-type.ts';

const Scalar = z.union([z.string(), z.number(), z.boolean()]);
const QUEUE_ATTRIBUTES = [
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoThroughputLimit',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'VisibilityTimeout',
] as const;

/** The attributes that have a local meaning, as the SQS API takes them: texts. */
const attributesOf = (properties: Readonly<Record<string, unknown>>): Record<string, string> => {
  const attributes: Record<string, string> = {};
  for (const name of QUEUE_ATTRIBUTES) {
    if (properties[name] !== undefined) attributes[name] = String(Scalar.parse(properties[name]));
  }
  if (properties.RedrivePolicy !== undefined) {
    attributes.RedrivePolicy = JSON.stringify(properties.RedrivePolicy);
  }
  return attributes;
};

const RedrivePolicy = z.object({ deadLetterTargetArn: z.string() });

/** SQS refuses these. */
const refuseQueue = (
  name: string,
  isFifo: boolean,
  { RedrivePolicy: redrive }: Readonly<Record<string, unknown>>,
): void => {
  if (name.endsWith('.fifo') !== isFifo)
    throw new Error('the name of a FIFO queue (FifoQueue: true) ends with .fifo, and no other does');
  const deadLetters = RedrivePolicy.safeParse(redrive).data?.deadLetterTargetArn;
  if (deadLetters !== undefined && deadLetters.endsWith('.fifo') !== isFifo)
    throw new Error(`the dead-letter queue of a ${isFifo ? 'FIFO' : 'standard'} queue must be one, too`);
};

/** `AWS::SQS::Queue`, standard and FIFO. */
export const sqsQueue: ResourceType = async (resource, provider) => {
  const isFifo = String(resource.properties.FifoQueue) === 'true';
  const name = isFifo
    ? fifoName(resource, 'QueueName', provider)
    : physicalName(resource, 'QueueName', provider);
  refuseQueue(name, isFifo, resource.properties);
  // Creating a queue that exists with other attributes is refused; without attributes it never is.
  await provider.sqs.send(new CreateQueueCommand({ QueueName: name }));
  const url = await queueUrl(name, provider);
  const attributes = attributesOf(resource.properties);
  if (Object.keys(attributes).length > 0) {
    await provider.sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: attributes }));
  }
  return {
    ref: url,
    attributes: { Arn: arn(provider, 'sqs', name), QueueName: name, QueueUrl: url },
  };
};

/** The queue's address on the local endpoint, without a host name that would have to be resolved. */
const queueUrl = async (
  name: string,
  { sqs, accountId, queueEndpoint }: Parameters<ResourceType>[1],
): Promise<string> => {
  if (queueEndpoint !== undefined) return `${queueEndpoint}/${accountId}/${name}`;
  const endpoint = await sqs.config.endpoint?.();
  if (!endpoint) throw new Error('the SQS client has no endpoint');
  return `${endpoint.protocol}//${endpoint.hostname}:${endpoint.port}/${accountId}/${name}`;
};
