import { GetSubscriptionAttributesCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import type { Target } from '../target/target.ts';

export interface Queue {
  /** The logical id. */
  id: string;
  url: string;
  arn: string;
}

/** A queue that something gave messages up to, with where they belong. */
export interface DeadLetterQueue extends Queue {
  source: 'queue' | 'subscription';
  /** The subscriber's queue. */
  goesTo: Queue;
  /** Attempts of the subscriber before a message comes here. */
  maxReceiveCount: number | undefined;
  /** The subscriber: its function's logical id. */
  subscriber: string;
  /** Messages that can be received now, and those that are in flight. */
  visible: number;
  hidden: number;
}

const json = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);

const QueueAttributes = z.object({
  QueueArn: z.string(),
  ApproximateNumberOfMessages: z.coerce.number(),
  ApproximateNumberOfMessagesNotVisible: z.coerce.number(),
  RedrivePolicy: json(
    z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() }),
  ).optional(),
});
const SubscriptionAttributes = z.object({
  Endpoint: z.string(),
  RedrivePolicy: json(z.object({ deadLetterTargetArn: z.string() })).optional(),
  FilterPolicy: z.string().optional(),
});

/** A subscriber of the topic: its queue, and which messages it gets. */
export interface Subscriber {
  /** As in `search-indexing`. */
  name: string;
  queue: Queue;
  /** JSON; undefined lets everything pass. */
  filterPolicy: string | undefined;
}

const functionOf = (queueId: string): string => queueId.replace(/Queue$/, 'LambdaFunction');
const nameOf = (queueId: string): string =>
  queueId
    .replace(/Queue$/, '')
    .replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, '-')
    .toLowerCase();

/** The queues of a service and what is subscribed to its topic, as they are, not as the template says. */
export const readQueues = async (target: Target) => {
  const { sqs, sns } = target.clients;
  const queues = await Promise.all(
    [...(await target.ofType('AWS::SQS::Queue'))].map(async ([id, url]) => {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
      );
      return { id, url, attributes: QueueAttributes.parse(Attributes) };
    }),
  );
  const subscriptions = await Promise.all(
    [...(await target.ofType('AWS::SNS::Subscription')).values()].map(async (SubscriptionArn) => {
      const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
      return SubscriptionAttributes.parse(Attributes);
    }),
  );
  const queueOf = (arn: string | undefined): Queue | undefined => {
    const found = queues.find(({ attributes }) => attributes.QueueArn === arn);
    return found && { id: found.id, url: found.url, arn: found.attributes.QueueArn };
  };

  const deadLetterQueues = queues.flatMap(({ id, url, attributes }): DeadLetterQueue[] => {
    const arn = attributes.QueueArn;
    const own = {
      id,
      url,
      arn,
      visible: attributes.ApproximateNumberOfMessages,
      hidden: attributes.ApproximateNumberOfMessagesNotVisible,
    };
    const source = queues.find((queue) => queue.attributes.RedrivePolicy?.deadLetterTargetArn === arn);
    if (source) {
      const goesTo = { id: source.id, url: source.url, arn: source.attributes.QueueArn };
      const maxReceiveCount = source.attributes.RedrivePolicy?.maxReceiveCount;
      return [{ ...own, source: 'queue', goesTo, maxReceiveCount, subscriber: functionOf(source.id) }];
    }
    const subscription = subscriptions.find(
      ({ RedrivePolicy }) => RedrivePolicy?.deadLetterTargetArn === arn,
    );
    const goesTo = queueOf(subscription?.Endpoint);
    if (!goesTo) return [];
    return [
      {
        ...own,
        source: 'subscription',
        goesTo,
        maxReceiveCount: undefined,
        subscriber: functionOf(goesTo.id),
      },
    ];
  });
  const subscribers = subscriptions.flatMap(({ Endpoint, FilterPolicy }): Subscriber[] => {
    const queue = queueOf(Endpoint);
    return queue ? [{ name: nameOf(queue.id), queue, filterPolicy: FilterPolicy }] : [];
  });
  return { deadLetterQueues, subscribers };
};
