import { CreateQueueCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { arn, physicalName, type ResourceType } from './resource-type.ts';

const Scalar = z.union([z.string(), z.number(), z.boolean()]);
const QUEUE_ATTRIBUTES = [
  'DelaySeconds',
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

/** `AWS::SQS::Queue`, standard ones. */
export const sqsQueue: ResourceType = async (resource, provider) => {
  if (resource.properties.FifoQueue === true) throw new Error('FIFO queues are not supported locally');
  const name = physicalName(resource, 'QueueName', provider);
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
