import { CreateTopicCommand, SetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { fifoName, physicalName, type ResourceType } from './resource-type.ts';

const FIFO_ATTRIBUTES = ['ContentBasedDeduplication', 'FifoThroughputScope'] as const;

/** `AWS::SNS::Topic`, standard and FIFO. */
export const snsTopic: ResourceType = async (resource, provider) => {
  const { properties } = resource;
  if (properties.ArchivePolicy !== undefined)
    throw new Error('archiving and replay (ArchivePolicy) are not served locally');
  const isFifo = String(properties.FifoTopic) === 'true';
  const name = isFifo
    ? fifoName(resource, 'TopicName', provider)
    : physicalName(resource, 'TopicName', provider);
  if (name.endsWith('.fifo') !== isFifo)
    throw new Error('the name of a FIFO topic (FifoTopic: true) ends with .fifo, and no other does');
  const { TopicArn } = await provider.sns.send(new CreateTopicCommand({ Name: name }));
  if (!TopicArn) throw new Error('the topic was created without an ARN');
  for (const AttributeName of FIFO_ATTRIBUTES) {
    const AttributeValue = properties[AttributeName];
    if (isFifo && AttributeValue !== undefined)
      await provider.sns.send(
        new SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue: String(AttributeValue) }),
      );
  }
  return { ref: TopicArn, attributes: { TopicArn, TopicName: name } };
};
