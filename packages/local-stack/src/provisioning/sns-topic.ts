import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { physicalName, type ResourceType } from './resource-type.ts';

/** `AWS::SNS::Topic`. */
export const snsTopic: ResourceType = async (resource, provider) => {
  const name = physicalName(resource, 'TopicName', provider);
  const { TopicArn } = await provider.sns.send(new CreateTopicCommand({ Name: name }));
  if (!TopicArn) throw new Error('the topic was created without an ARN');
  return { ref: TopicArn, attributes: { TopicArn, TopicName: name } };
};
