import { ListSubscriptionsByTopicCommand, type SNSClient, UnsubscribeCommand } from '@aws-sdk/client-sns';

/**
 * Ends the subscriptions of a topic that the template no longer declares: a subscriber that was taken out would have
 * its queue filled for ever, with nobody to read it.
 * @param declared the ARNs of the subscriptions that stay
 */
export const endStraySubscriptions = async (
  sns: SNSClient,
  topicArn: string,
  declared: ReadonlySet<string>,
): Promise<void> => {
  const stray: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, NextToken }));
    for (const { SubscriptionArn } of page.Subscriptions ?? []) {
      if (SubscriptionArn && !declared.has(SubscriptionArn)) stray.push(SubscriptionArn);
    }
    NextToken = page.NextToken;
  } while (NextToken);
  for (const SubscriptionArn of stray) await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
};
