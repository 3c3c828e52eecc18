import type { Delivery } from '../engines/index.ts';
import type { ProvisionedResource, ProvisionedTemplate } from '../provisioning/index.ts';
import type { Effect, SentMessage } from './effect.ts';

const attributesText = (attributes: Readonly<Record<string, string>>): string =>
  Object.entries(attributes)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

const logicalIdOf = (resources: readonly ProvisionedResource[], physical: string): string =>
  resources.find(({ ref, attributes }) => ref === physical || Object.values(attributes).includes(physical))
    ?.logicalId ?? physical;

/** The queues and functions that are subscribed to a topic, by name, each with its logical id. */
const subscribers = (provisioned: ProvisionedTemplate, topicArn: string) => {
  const endpoints = [
    ...provisioned.ofType('AWS::SQS::Queue'),
    ...provisioned.ofType('AWS::Lambda::Function'),
  ];
  return provisioned
    .ofType('AWS::SNS::Subscription')
    .filter(({ properties }) => properties.TopicArn === topicArn)
    .flatMap(({ ref: subscriptionArn, properties }) =>
      endpoints
        .filter(({ attributes }) => attributes.Arn === properties.Endpoint)
        .map(({ logicalId, ref, attributes }) => ({
          logicalId,
          name: attributes.QueueName ?? ref,
          subscriptionArn,
        })),
    );
};

/** Takes one delivery of this body to this queue or function out of `deliveries`, if there is one. */
const takeDelivery = (deliveries: Delivery[], to: string, { body }: SentMessage): boolean => {
  const index = deliveries.findIndex((delivery) => delivery.to === to && delivery.body === body);
  if (index < 0) return false;
  deliveries.splice(index, 1);
  return true;
};

/** Writes of many items to one table, as for an index, summarised in one line. */
const MANY = 4;

const isManyOf = (effects: readonly Effect[], effect: Effect): effect is Effect & { kind: 'item' } =>
  effect.kind === 'item' && effects.filter((other) => isSameWrite(other, effect)).length >= MANY;

const isSameWrite = (left: Effect, right: Effect): boolean =>
  left.kind === 'item' &&
  right.kind === 'item' &&
  left.table === right.table &&
  left.operation === right.operation &&
  left.refused === right.refused;

/**
 * Tells people what an invocation caused, one line per effect; below each published message the queues and functions that
 * received it and those whose filter policy kept it out.
 * @param deliveries what arrived in queues and at functions since the invocation began
 * @param refused the ARNs of subscriptions whose queue does not let the topic in
 */
export const accountOf = (
  effects: readonly Effect[],
  deliveries: readonly Delivery[],
  provisioned: ProvisionedTemplate,
  refused: ReadonlySet<string> = new Set(),
): string[] => {
  const remaining = [...deliveries];
  const resources = [...provisioned.resources.values()];
  if (effects.length === 0) return ['nothing: it only read, or did not call any service'];
  return effects.flatMap((effect, index) => {
    if (!isManyOf(effects, effect)) return linesOf(effect, { remaining, resources, provisioned, refused });
    if (effects.findIndex((other) => isSameWrite(other, effect)) < index) return [];
    const count = effects.filter((other) => isSameWrite(other, effect)).length;
    const refusal = effect.refused ? '  (refused by their condition)' : '';
    return [
      `DynamoDB  ${logicalIdOf(resources, effect.table)}  ${effect.operation} ${count} items${refusal}`,
    ];
  });
};

const linesOf = (
  effect: Effect,
  context: {
    remaining: Delivery[];
    resources: readonly ProvisionedResource[];
    provisioned: ProvisionedTemplate;
    refused: ReadonlySet<string>;
  },
): string[] => {
  const { remaining, resources, provisioned, refused } = context;
  switch (effect.kind) {
    case 'item': {
      const outcome = effect.refused ? '  (refused by its condition)' : '';
      return [
        `DynamoDB  ${logicalIdOf(resources, effect.table)}  ${effect.operation} ${effect.key}${outcome}`,
      ];
    }
    case 'published':
      return [
        `SNS       ${logicalIdOf(resources, effect.topicArn)}  ${attributesText(effect.message.attributes)}`,
        ...subscribers(provisioned, effect.topicArn).map(({ logicalId, name, subscriptionArn }) => {
          if (refused.has(subscriptionArn)) return `            not allowed   ${logicalId}`;
          return takeDelivery(remaining, name, effect.message)
            ? `            received      ${logicalId}`
            : `            filtered out  ${logicalId}`;
        }),
      ];
    case 'sent':
      return [`SQS       ${logicalIdOf(resources, effect.queueName)}  one message`];
    case 'event':
      return [`Events    ${effect.bus}  ${effect.source}  ${effect.detailType}`];
    case 'matched':
      return [`            ${effect.rule}  ${logicalIdOf(resources, effect.target)}`];
    case 'object':
      return [`S3        ${logicalIdOf(resources, effect.bucket)}  ${effect.operation} ${effect.key}`];
    case 'denied':
      return [effect.line];
    case 'refused':
      return [`${effect.service.padEnd(9)} ${effect.operation} refused with status ${effect.statusCode}`];
  }
};
