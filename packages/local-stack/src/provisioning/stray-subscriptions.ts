import { type SNSClient, UnsubscribeCommand } from '@aws-sdk/client-sns';
import { listSubscriptions } from './list-subscriptions.ts';

/**
 * Ends the subscriptions of a topic that the template no longer declares: a subscriber that was taken out would have
 * its queue filled forever, with no consumer.
 * @param declared the ARNs of the subscriptions that stay
 */
export const endStraySubscriptions = async (
  sns: SNSClient,
  topicArn: string,
  declared: ReadonlySet<string>,
): Promise<void> => {
  const subscriptions = await Array.fromAsync(listSubscriptions(sns, topicArn));
  for (const { SubscriptionArn } of subscriptions) {
    if (SubscriptionArn && !declared.has(SubscriptionArn)) {
      await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
    }
  }
};
