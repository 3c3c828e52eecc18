import { SetSubscriptionAttributesCommand, type SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { z } from 'zod';
import { listSubscriptions } from './list-subscriptions.ts';
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

type SubscriptionProperties = z.infer<typeof SubscriptionProperties>;

/** A topic refuses to subscribe again with other attributes than the subscription has. */
const existing = async (
  sns: SNSClient,
  { TopicArn, Endpoint }: SubscriptionProperties,
): Promise<string | undefined> => {
  for await (const subscription of listSubscriptions(sns, TopicArn)) {
    if (subscription.Endpoint === Endpoint) return subscription.SubscriptionArn;
  }
  return undefined;
};

const subscribe = async (
  sns: SNSClient,
  { TopicArn, Protocol, Endpoint }: SubscriptionProperties,
): Promise<string | undefined> => {
  const command = new SubscribeCommand({ TopicArn, Protocol, Endpoint, ReturnSubscriptionArn: true });
  return (await sns.send(command)).SubscriptionArn;
};

/** `AWS::SNS::Subscription` of a queue; an existing one gets the attributes that the template has now. */
export const snsSubscription: ResourceType = async ({ properties }, { sns }) => {
  const wanted = SubscriptionProperties.parse(properties);
  const SubscriptionArn = (await existing(sns, wanted)) ?? (await subscribe(sns, wanted));
  if (!SubscriptionArn) throw new Error('the subscription was created without an ARN');
  const attributes = {
    RawMessageDelivery: String(wanted.RawMessageDelivery),
    FilterPolicyScope: wanted.FilterPolicyScope,
    FilterPolicy: JSON.stringify(wanted.FilterPolicy ?? {}),
    // The engine gives up no delivery, but who asks a subscription where it would put one is told.
    ...(wanted.RedrivePolicy && { RedrivePolicy: JSON.stringify(wanted.RedrivePolicy) }),
  };
  for (const [AttributeName, AttributeValue] of Object.entries(attributes)) {
    await sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));
  }
  return { ref: SubscriptionArn, attributes: { Arn: SubscriptionArn } };
};
