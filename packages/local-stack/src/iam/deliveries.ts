import { z } from 'zod';
import type { RefusedSubscription } from '../engines/topic-delivery.ts';
import type { ProvisionedTemplate } from '../provisioning/index.ts';
import { isKeyOfAws, type Judge } from './judge.ts';
import type { Rights } from './rights.ts';

/** A subscription whose queue does not let its topic in, and why. */
export interface RefusedDelivery extends RefusedSubscription {
  readonly queueArn: string;
  readonly deadLetterQueueArn: string | undefined;
}

const Subscription = z.looseObject({
  TopicArn: z.string(),
  Endpoint: z.string(),
  RedrivePolicy: z.looseObject({ deadLetterTargetArn: z.string() }).optional(),
});

const SNS = 'sns.amazonaws.com';

/**
 * The subscriptions of a template whose queues do not let their topic in.
 * @see https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
 */
export const refusedDeliveries = (
  provisioned: ProvisionedTemplate,
  { accountId, region, encryption }: Rights,
  judge: Pick<Judge, 'decideForService'>,
): RefusedDelivery[] => {
  const whyNot = (topicArn: string, queueArn: string): string | undefined => {
    const key = encryption.get(queueArn);
    if (key !== undefined && isKeyOfAws(key))
      return `the queue is encrypted under ${key}, which does not let SNS in`;
    const context = {
      'aws:SourceArn': topicArn,
      'aws:SourceAccount': accountId,
      'aws:PrincipalIsAWSService': 'true',
      'aws:PrincipalServiceName': SNS,
      'aws:SecureTransport': 'true',
      'aws:RequestedRegion': region,
    };
    const send = { action: 'sqs:SendMessage', resource: queueArn };
    const { need, decision } = judge.decideForService(SNS, context, send);
    if (decision.allowed) return undefined;
    const unknown = decision.unknown.length > 0 ? ` (cannot judge ${decision.unknown.join(', ')})` : '';
    const policy = need.action.startsWith('kms:') ? "the key's policy" : "the queue's policy";
    return `${policy} does not allow ${need.action} to ${SNS} for this topic${unknown}`;
  };
  return provisioned.ofType('AWS::SNS::Subscription').flatMap(({ ref, properties }): RefusedDelivery[] => {
    const { TopicArn, Endpoint, RedrivePolicy } = Subscription.parse(properties);
    const reason = whyNot(TopicArn, Endpoint);
    if (reason === undefined) return [];
    const deadLetterQueueArn = RedrivePolicy?.deadLetterTargetArn;
    const isDeadLetterQueueClosed =
      deadLetterQueueArn !== undefined && whyNot(TopicArn, deadLetterQueueArn) !== undefined;
    return [
      { subscriptionArn: ref, queueArn: Endpoint, deadLetterQueueArn, isDeadLetterQueueClosed, reason },
    ];
  });
};
