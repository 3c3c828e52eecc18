import { ListSubscriptionsByTopicCommand, type SNSClient, type Subscription } from '@aws-sdk/client-sns';

/** Every subscription of a topic, page by page. */
export async function* listSubscriptions(sns: SNSClient, TopicArn: string): AsyncGenerator<Subscription> {
  let NextToken: string | undefined;
  do {
    const page = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn, NextToken }));
    yield* page.Subscriptions ?? [];
    NextToken = page.NextToken;
  } while (NextToken);
}
