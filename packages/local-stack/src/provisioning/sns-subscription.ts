import { SetSubscriptionAttributesCommand, type SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { z } from 'zod';
import { listSubscriptions } from './list-subscriptions.ts';
import type { ResourceType } from './resource-type.ts';

const SubscriptionProperties = z.object({
  TopicArn: z.string(),
  Protocol: z.enum(['sqs', 'lambda'], {
    error: 'only subscriptions of queues and functions (Protocol: sqs, lambda) are served locally',
  }),
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

const attributesOf = (wanted: SubscriptionProperties): Record<string, string> => ({
  RawMessageDelivery: String(wanted.RawMessageDelivery),
  FilterPolicyScope: wanted.FilterPolicyScope,
  FilterPolicy: JSON.stringify(wanted.FilterPolicy ?? {}),
  RedrivePolicy: wanted.RedrivePolicy ? JSON.stringify(wanted.RedrivePolicy) : '',
});

const subscribe = async (sns: SNSClient, wanted: SubscriptionProperties): Promise<string> => {
  const { TopicArn, Protocol, Endpoint } = wanted;
  const { SubscriptionArn } = await sns.send(
    new SubscribeCommand({
      ...{ TopicArn, Protocol, Endpoint, ReturnSubscriptionArn: true },
      Attributes: attributesOf(wanted),
    }),
  );
  if (!SubscriptionArn) throw new Error('the subscription was created without an ARN');
  return SubscriptionArn;
};

const change = async (sns: SNSClient, SubscriptionArn: string, wanted: SubscriptionProperties) => {
  // The policy of before need not fit the new scope.
  const attributes = [['FilterPolicy', '{}'], ...Object.entries(attributesOf(wanted))] as const;
  for (const [AttributeName, AttributeValue] of attributes) {
    await sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));
  }
};

/** `AWS::SNS::Subscription` of a queue or function; an existing one gets the attributes that the template has now. */
export const snsSubscription: ResourceType = async ({ properties }, { sns }) => {
  const wanted = SubscriptionProperties.parse(properties);
  if (wanted.RawMessageDelivery && wanted.Protocol === 'lambda')
    throw new Error('Delivery protocol [lambda] does not support raw message delivery');
  const found = await existing(sns, wanted);
  if (found) await change(sns, found, wanted);
  const subscription = found ?? (await subscribe(sns, wanted));
  return { ref: subscription, attributes: { Arn: subscription } };
};
