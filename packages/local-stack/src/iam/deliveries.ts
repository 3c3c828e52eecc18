import { z } from 'zod';
import { functionNameIn } from '../asynchronous-invocation/index.ts';
import type { RefusedSubscription } from '../engines/topic-delivery.ts';
import type { ProvisionedTemplate } from '../provisioning/index.ts';
import { isKeyOfAws, type Judge } from './judge.ts';
import type { Rights } from './rights.ts';

/** A subscription whose queue or function does not let its topic in, and why. */
export interface RefusedDelivery extends RefusedSubscription {
  /** For example `sqs:SendMessage`. */
  readonly action: string;
  /** The ARN of the queue or function. */
  readonly endpoint: string;
  readonly deadLetterQueueArn: string | undefined;
}

const Subscription = z.looseObject({
  TopicArn: z.string(),
  Protocol: z.string(),
  Endpoint: z.string(),
  RedrivePolicy: z.looseObject({ deadLetterTargetArn: z.string() }).optional(),
});

const SNS = 'sns.amazonaws.com';

/**
 * The subscriptions of a template whose queues or functions do not let their topic in.
 * @see https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
 */
export const refusedDeliveries = (
  provisioned: ProvisionedTemplate,
  { accountId, region, encryption }: Rights,
  judge: Pick<Judge, 'decideForService'>,
): RefusedDelivery[] => {
  const functions = provisioned.ofType('AWS::Lambda::Function');
  const contextOf = (topicArn: string) => ({
    'aws:SourceArn': topicArn,
    'aws:SourceAccount': accountId,
    'aws:RequestedRegion': region,
  });
  const whyNotTo = (
    topicArn: string,
    action: string,
    resource: string,
    whose: string,
  ): string | undefined => {
    const { need, decision } = judge.decideForService(SNS, contextOf(topicArn), { action, resource });
    if (decision.allowed) return undefined;
    const unknown = decision.unknown.length > 0 ? ` (cannot judge ${decision.unknown.join(', ')})` : '';
    const policy = need.action.startsWith('kms:') ? "the key's policy" : `the ${whose}'s policy`;
    return `${policy} does not allow ${need.action} to ${SNS} for this topic${unknown}`;
  };
  const whyNotToQueue = (topicArn: string, queueArn: string): string | undefined => {
    const key = encryption.get(queueArn);
    if (key !== undefined && isKeyOfAws(key))
      return `the queue is encrypted under ${key}, which does not let SNS in`;
    return whyNotTo(topicArn, 'sqs:SendMessage', queueArn, 'queue');
  };
  const whyNotToFunction = (topicArn: string, functionArn: string): string | undefined => {
    const found = functions.some(({ ref }) => ref === functionNameIn(functionArn));
    if (!found) return 'the template declares no such function';
    return whyNotTo(topicArn, 'lambda:InvokeFunction', functionArn, 'function');
  };
  return provisioned.ofType('AWS::SNS::Subscription').flatMap(({ ref, properties }): RefusedDelivery[] => {
    const { TopicArn, Protocol, Endpoint, RedrivePolicy } = Subscription.parse(properties);
    const isFunction = Protocol === 'lambda';
    const reason = isFunction ? whyNotToFunction(TopicArn, Endpoint) : whyNotToQueue(TopicArn, Endpoint);
    if (reason === undefined) return [];
    const deadLetterQueueArn = RedrivePolicy?.deadLetterTargetArn;
    const isDeadLetterQueueClosed =
      deadLetterQueueArn !== undefined && whyNotToQueue(TopicArn, deadLetterQueueArn) !== undefined;
    const action = isFunction ? 'lambda:InvokeFunction' : 'sqs:SendMessage';
    return [
      {
        ...{ subscriptionArn: ref, action, endpoint: Endpoint },
        ...{ deadLetterQueueArn, isDeadLetterQueueClosed, reason },
      },
    ];
  });
};
