import { SetSubscriptionAttributesCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { z } from 'zod';
import type { ResourceType } from './resource-type.ts';

const SubscriptionProperties = z.object({
  TopicArn: z.string(),
  Protocol: z.literal('sqs', { error: 'only subscriptions of queues (Protocol: sqs) are supported locally' }),
  Endpoint: z.string(),
  RawMessageDelivery: z.boolean().default(false),
  FilterPolicyScope: z.enum(['MessageAttributes', 'MessageBody']).default('MessageAttributes'),
  FilterPolicy: z.record(z.string(), z.unknown()).optional(),
  RedrivePolicy: z.record(z.string(), z.unknown()).optional(),
});

/** `AWS::SNS::Subscription` of a queue; an existing one gets the attributes that the template has now. */
export const snsSubscription: ResourceType = async ({ properties }, { sns }) => {
  const wanted = SubscriptionProperties.parse(properties);
  const { SubscriptionArn } = await sns.send(
    new SubscribeCommand({
      TopicArn: wanted.TopicArn,
      Protocol: wanted.Protocol,
      Endpoint: wanted.Endpoint,
      ReturnSubscriptionArn: true,
    }),
  );
  if (!SubscriptionArn) throw new Error('the subscription was created without an ARN');
  const attributes = {
    RawMessageDelivery: String(wanted.RawMessageDelivery),
    FilterPolicyScope: wanted.FilterPolicyScope,
    FilterPolicy: JSON.stringify(wanted.FilterPolicy ?? {}),
  };
  for (const [AttributeName, AttributeValue] of Object.entries(attributes)) {
    await sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));
  }
  return { ref: SubscriptionArn, attributes: { Arn: SubscriptionArn } };
};
