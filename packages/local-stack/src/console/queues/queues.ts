import { z } from 'zod';
import type { ProvisionedResource } from '../../provisioning/index.ts';
import { logicalIdsOf } from '../../trace/logical-ids.ts';
import type { ConsoleParts } from '../parts.ts';
import { ConsoleError } from '../route.ts';
import type { QueueView } from './wire.ts';

const Redriven = z.looseObject({
  Endpoint: z.string().default(''),
  RedrivePolicy: z
    .preprocess(
      (value) => (typeof value === 'string' ? JSON.parse(value) : value),
      z.looseObject({ deadLetterTargetArn: z.string() }),
    )
    .optional(),
});

const deadLettersOf = ({ properties }: ProvisionedResource): string | undefined =>
  Redriven.parse(properties).RedrivePolicy?.deadLetterTargetArn;

/** The queues of the template, and which gives up to which. */
export const queuesOf = ({ provisioned, mappings, engines }: ConsoleParts) => {
  const nameOf = logicalIdsOf(provisioned);
  const queues = provisioned.ofType('AWS::SQS::Queue');
  const subscriptions = provisioned.ofType('AWS::SNS::Subscription');

  /** The ARNs of the queues that a dead-letter queue's messages were meant for. */
  const originsOf = (arn: string): string[] => [
    ...queues
      .filter((queue) => deadLettersOf(queue) === arn)
      .flatMap(({ attributes }) => attributes.Arn ?? []),
    ...subscriptions
      .filter((subscription) => deadLettersOf(subscription) === arn)
      .map(({ properties }) => Redriven.parse(properties).Endpoint),
  ];

  const find = (id: string): ProvisionedResource => {
    const queue = queues.find(({ logicalId }) => logicalId === id);
    if (queue) return queue;
    throw new ConsoleError(404, `the template has no queue ${id}`);
  };

  return {
    nameOf: (id: string): string => find(id).attributes.QueueName ?? '',
    /** Where the messages of a dead-letter queue are sent back to. @throws {ConsoleError} when nothing gives up to it */
    originOf: (id: string): string => {
      const [origin] = originsOf(find(id).attributes.Arn ?? '');
      if (origin !== undefined) return nameOf(origin);
      throw new ConsoleError(
        409,
        `${id} is no dead-letter queue: there is nowhere to send its messages back to`,
      );
    },
    views: async (): Promise<QueueView[]> => {
      const depths = await engines.queueDepths();
      return queues.map((queue): QueueView => {
        const { logicalId, attributes } = queue;
        const depth = depths.get(attributes.QueueName ?? '');
        const deadLetters = deadLettersOf(queue);
        return {
          id: logicalId,
          ...{ visible: depth?.visible ?? 0, hidden: depth?.inFlight ?? 0, delayed: depth?.delayed ?? 0 },
          ...(deadLetters !== undefined && { deadLetterQueue: nameOf(deadLetters) }),
          takesFrom: [...new Set(originsOf(attributes.Arn ?? '').map(nameOf))],
          readBy: mappings
            .status()
            .filter(({ eventSourceArn }) => eventSourceArn === attributes.Arn)
            .map(({ functionName }) => nameOf(functionName)),
        };
      });
    },
  };
};
