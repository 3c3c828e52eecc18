import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { EmittedMetric } from '../metrics/emitted.ts';
import type { MetricSink } from '../metrics/metric.ts';
import { attributeBytes, type ClientError, clientErrorOf } from '../topics/delivery.ts';
import {
  compileFilterPolicy,
  type FilterPolicy,
  type FilterPolicyScope,
  InvalidFilterPolicy,
} from '../topics/filter-policy.ts';
import type { PublishedMessage, SubscriptionOutcome } from '../trace/messages.ts';
import type {
  EngineMessage,
  EngineMessageAttribute,
  EngineModules,
  EngineQueue,
  EngineQueues,
  EngineSubscription,
  EngineTopic,
  EngineTopics,
} from './engine-modules.ts';
import { createDeduplication } from './fifo-queues.ts';

/** @see https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html */
const MAX_PUBLISH_BYTES = 262_144;
const MAX_ENTRIES = 10;
const ENTRY_ID = /^[A-Za-z0-9_-]{1,80}$/;

interface Published {
  readonly id: string;
  readonly body: string;
  readonly subject: string | undefined;
  readonly attributes: Record<string, EngineMessageAttribute>;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
}

/** What a FIFO topic numbers in the order of its messages. */
interface Numbered {
  readonly messageId: string;
  /** Of a FIFO topic. */
  readonly sequenceNumber?: string;
}

type Outcome = Omit<SubscriptionOutcome, 'subscriptionArn' | 'endpoint'>;

type Deliver = (
  published: Published,
  numbered: Numbered,
  topicArn: string,
  subscription: EngineSubscription,
  queues: EngineQueues,
  count: (name: EmittedMetric<'AWS/SNS'>) => void,
) => Promise<Outcome>;

/** A subscription whose queue or function does not let its topic in. */
export interface RefusedSubscription {
  readonly subscriptionArn: string;
  readonly reason: string;
  /** Whether its dead-letter queue does not either: the messages are lost. */
  readonly isDeadLetterQueueClosed: boolean;
}

export interface TopicDelivery {
  /** From now on deliveries to the endpoints of these subscriptions fail, and those of all others do not. */
  refuseDeliveries(refused: readonly RefusedSubscription[]): void;
}

/** What a subscribed function gets: one record for each message. */
export const TopicEvent = z.object({
  Records: z.tuple([
    z.object({
      EventVersion: z.literal('1.0'),
      EventSubscriptionArn: z.string(),
      EventSource: z.literal('aws:sns'),
      Sns: z.looseObject({ Message: z.string() }),
    }),
  ]),
});
export type TopicEvent = z.infer<typeof TopicEvent>;

/**
 * Hands an event to a function's queue of asynchronous events; resolves to the request id when it is safe there.
 * @throws with why Lambda would not take it
 */
export type AcceptEvent = (functionArn: string, event: TopicEvent) => Promise<string>;

/**
 * Replaces the engine's delivery from topics to queues, and adds that to functions. The engine matches numbers with texts
 * and no `String.Array`, delivers raw messages of any number of attributes, knows no metrics and no dead-letter queue of a
 * subscription, and passes over an entry of a batch that has no message. Here a delivery that a queue or function refuses
 * goes to the dead-letter queue of the subscription, and every outcome is counted as SNS counts it.
 * @param acceptEvent takes the events of subscribed functions
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-lambda-as-subscriber.html
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
 */
export const replaceTopicDelivery = (
  modules: EngineModules,
  metrics: MetricSink,
  acceptEvent: AcceptEvent,
  tell: (event: PublishedMessage) => void = () => {},
): TopicDelivery => {
  const { SnsRouter, SqsStore, SnsError, snsSuccessResponse, escapeXml } = modules;
  const policies = new Map<string, FilterPolicy>();
  const refusedSubscriptions = new Map<string, RefusedSubscription>();

  /** @throws {InvalidFilterPolicy} */
  const policyOf = ({ attributes }: Pick<EngineSubscription, 'attributes'>): FilterPolicy | undefined => {
    const { FilterPolicy: text, FilterPolicyScope: asked } = attributes;
    if (!text) return undefined;
    const scope: FilterPolicyScope = asked === 'MessageBody' ? 'MessageBody' : 'MessageAttributes';
    const key = `${scope} ${text}`;
    const known = policies.get(key) ?? compileFilterPolicy(text, scope);
    policies.set(key, known);
    return known;
  };

  const publish = async (
    published: Published,
    topicArn: string,
    topics: EngineTopics,
    queues: EngineQueues,
  ): Promise<Numbered> => {
    const topic = topicOf(topicArn, topics);
    const { numbered, isAgain } = numberOf(published, topic);
    if (isAgain) return numbered;
    const { messageId } = numbered;
    const count = (name: EmittedMetric<'AWS/SNS'>, value = 1) =>
      metrics({
        namespace: 'AWS/SNS',
        name,
        dimensions: { TopicName: topic.name },
        value,
        unit: name === 'PublishSize' ? 'Bytes' : 'Count',
        timestamp: Date.now(),
      });
    count('NumberOfMessagesPublished');
    count('PublishSize', Buffer.byteLength(published.body) + attributeBytes(published.attributes));
    const subscriptions = await Promise.all(
      topic.subscriptionArns.flatMap((arn): Promise<SubscriptionOutcome>[] => {
        const subscription = topics.getSubscription(arn);
        if (!subscription) return [];
        // Those of an account to its own queues and functions need no confirmation.
        const deliver = DELIVERIES[subscription.protocol];
        if (!deliver) return [];
        const outcome = deliver(published, numbered, topicArn, subscription, queues, count);
        return [outcome.then((one) => ({ subscriptionArn: arn, endpoint: subscription.endpoint, ...one }))];
      }),
    );
    const { body, attributes } = published;
    tell({ kind: 'published', topicArn, messageId, body, attributes, subscriptions, at: Date.now() });
    return numbered;
  };

  const windows = new WeakMap<
    EngineTopic,
    ReturnType<typeof createDeduplication<Numbered & { at: number }>>
  >();
  let lastSequence = 0n;

  /** The id of a message, with its number in a FIFO topic, and whether it was published already. */
  const numberOf = (
    { groupId, deduplicationId, body }: Published,
    topic: EngineTopic,
  ): { numbered: Numbered; isAgain: boolean } => {
    const { attributes } = topic;
    if (attributes.FifoTopic !== 'true') return { numbered: { messageId: randomUUID() }, isAgain: false };
    const window = windows.get(topic) ?? createDeduplication<Numbered & { at: number }>();
    windows.set(topic, window);
    const scope = attributes.FifoThroughputScope === 'MessageGroup' ? groupId : '';
    const id = `${scope} ${deduplicationId ?? SqsStore.contentBasedDeduplicationId(body)}`;
    const earlier = window.earlier(id);
    if (earlier) return { numbered: earlier, isAgain: true };
    // Above that of an earlier start, too.
    const now = BigInt(Date.now()) * 100_000n;
    lastSequence = lastSequence < now ? now : lastSequence + 1n;
    const numbered = { messageId: randomUUID(), sequenceNumber: String(lastSequence).padStart(20, '1') };
    window.record(id, { ...numbered, at: Date.now() });
    return { numbered, isAgain: false };
  };

  const topicOf = (topicArn: string, topics: EngineTopics): EngineTopic => {
    const topic = topics.getTopic(topicArn);
    if (!topic) throw new SnsError('NotFound', 'Topic does not exist', 404);
    return topic;
  };

  /** A message for a queue: of a FIFO topic, with its group and deduplication id. */
  const enqueue = (
    queue: EngineQueue,
    text: string,
    attributes: Record<string, EngineMessageAttribute>,
    { groupId, deduplicationId, body }: Published,
  ): EngineMessage => {
    const id = queue.isFifo() ? (deduplicationId ?? SqsStore.contentBasedDeduplicationId(body)) : undefined;
    const message = SqsStore.createMessage(text, attributes, undefined, groupId, id);
    if (queue.isFifo()) queue.recordDeduplication(id, message.messageId);
    queue.enqueue(message);
    return message;
  };

  /** What became of a message at a subscription whose filter policy keeps it out. */
  const keptOut = (
    { body, attributes }: Published,
    subscription: EngineSubscription,
    count: (name: EmittedMetric<'AWS/SNS'>) => void,
  ): Outcome | undefined => {
    const filteredOut = policyOf(subscription)?.filteredOut({ body, attributes });
    if (filteredOut === undefined) return undefined;
    count('NumberOfNotificationsFilteredOut');
    if (filteredOut !== '') count(`NumberOfNotificationsFilteredOut-${filteredOut}`);
    const { FilterPolicy: filterPolicy = '', FilterPolicyScope: scope } = subscription.attributes;
    const filterPolicyScope = scope === 'MessageBody' ? 'MessageBody' : 'MessageAttributes';
    return { outcome: 'kept out', filterPolicy, filterPolicyScope };
  };

  /** A delivery that the endpoint refused: the message goes to the dead-letter queue of the subscription. */
  const undelivered = (
    published: Published,
    text: string,
    error: ClientError | undefined,
    subscription: EngineSubscription,
    queues: EngineQueues,
    count: (name: EmittedMetric<'AWS/SNS'>) => void,
  ): Outcome => {
    count('NumberOfNotificationsFailed');
    const deadLetters = deadLetterArn(subscription);
    const reason = error && `${error.code}: ${error.message}`;
    if (deadLetters === undefined || !error) return { outcome: 'failed', error: reason };
    const isClosed = refusedSubscriptions.get(subscription.arn)?.isDeadLetterQueueClosed;
    const deadLetterQueue = isClosed ? undefined : queues.getQueueByArn(deadLetters);
    const message = deadLetterQueue && enqueue(deadLetterQueue, text, reasonsOf(error), published);
    count(
      deadLetterQueue ? 'NumberOfNotificationsRedrivenToDlq' : 'NumberOfNotificationsFailedToRedriveToDlq',
    );
    return {
      outcome: 'failed',
      error: reason,
      ...(message && { queueMessageId: message.messageId }),
    };
  };

  const refusalOfEndpoint = ({ arn }: EngineSubscription): ClientError | undefined => {
    const refused = refusedSubscriptions.get(arn);
    return refused && { code: 'AccessDenied', message: refused.reason };
  };

  const toQueue: Deliver = async (published, numbered, topicArn, subscription, queues, count) => {
    const out = keptOut(published, subscription, count);
    if (out) return out;
    const { body, attributes } = published;
    const isRaw = subscription.attributes.RawMessageDelivery === 'true';
    const text = isRaw ? body : JSON.stringify(notification(published, numbered, topicArn, subscription.arn));
    const queue = queues.getQueueByArn(subscription.endpoint);
    const error =
      refusalOfEndpoint(subscription) ??
      clientErrorOf(text, attributes, isRaw, queue && { maximumMessageBytes: maximumBytes(queue) });
    if (error || !queue) return undelivered(published, text, error, subscription, queues, count);
    const message = enqueue(queue, text, isRaw ? attributes : {}, published);
    count('NumberOfNotificationsDelivered');
    return { outcome: 'delivered', queueMessageId: message.messageId };
  };

  const toFunction: Deliver = async (published, numbered, topicArn, subscription, queues, count) => {
    const out = keptOut(published, subscription, count);
    if (out) return out;
    const told = notification(published, numbered, topicArn, subscription.arn);
    const refuse = (error: ClientError) =>
      undelivered(published, JSON.stringify(told), error, subscription, queues, count);
    const refused = refusalOfEndpoint(subscription);
    if (refused) return refuse(refused);
    try {
      const requestId = await acceptEvent(subscription.endpoint, lambdaEvent(told, subscription.arn));
      count('NumberOfNotificationsDelivered');
      return { outcome: 'delivered', requestId };
    } catch (error) {
      return refuse({ code: 'ResourceNotFoundException', message: String(error) });
    }
  };

  const DELIVERIES: Readonly<Record<string, Deliver>> = { sqs: toQueue, lambda: toFunction };

  const handlers: Record<string, Parameters<EngineModules['SnsRouter']['prototype']['register']>[1]> = {
    Publish: async (parameters, topics, queues) => {
      const published = readPublished(parameters, '');
      const topicArn = topicArnOf(parameters);
      const refusal = refusalOf(published, topicOf(topicArn, topics));
      if (refusal) throw new SnsError('InvalidParameter', refusal);
      return snsSuccessResponse('Publish', numberXml(await publish(published, topicArn, topics, queues)));
    },
    PublishBatch: async (parameters, topics, queues) => {
      const entries = indexesOf(parameters, 'PublishBatchRequestEntries.member.').map((prefix) =>
        readPublished(parameters, prefix),
      );
      refuseBatch(entries);
      const topicArn = topicArnOf(parameters);
      const topic = topicOf(topicArn, topics);
      const result = async (
        entry: Published,
      ): Promise<{ readonly failed?: string; readonly successful?: string }> => {
        const refusal = refusalOf(entry, topic);
        if (refusal)
          return {
            failed: `<member><Id>${entry.id}</Id><Code>InvalidParameter</Code><Message>${escapeXml(refusal)}</Message><SenderFault>true</SenderFault></member>`,
          };
        const numbered = await publish(entry, topicArn, topics, queues);
        return { successful: `<member><Id>${entry.id}</Id>${numberXml(numbered)}</member>` };
      };
      const results = await Promise.all(entries.map(result));
      const successful = results.map((result) => result.successful ?? '').join('');
      const failed = results.map((result) => result.failed ?? '').join('');
      return snsSuccessResponse(
        'PublishBatch',
        `<Successful>${successful}</Successful><Failed>${failed}</Failed>`,
      );
    },
  };

  const topicArnOf = ({ TopicArn }: Record<string, string>): string => {
    if (TopicArn) return TopicArn;
    throw new SnsError(
      'InvalidParameter',
      'Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter',
    );
  };

  const refuseBatch = (entries: readonly Published[]): void => {
    const refuse = (code: string, message: string) => new SnsError(code, message);
    if (entries.length === 0)
      throw refuse('EmptyBatchRequest', "The batch request doesn't contain any entries.");
    if (entries.length > MAX_ENTRIES)
      throw refuse(
        'TooManyEntriesInBatchRequest',
        `The batch request contains more entries than permissible: ${entries.length}.`,
      );
    if (!entries.every(({ id }) => ENTRY_ID.test(id)))
      throw refuse(
        'InvalidBatchEntryId',
        'The Id of a batch entry in a batch request can only contain alphanumeric characters, hyphens and underscores, up to 80.',
      );
    if (new Set(entries.map(({ id }) => id)).size < entries.length)
      throw refuse('BatchEntryIdsNotDistinct', 'Two or more batch entries in the request have the same Id.');
    const bytes = entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
    if (bytes > MAX_PUBLISH_BYTES)
      throw refuse(
        'BatchRequestTooLong',
        'The length of all the batch messages put together is more than the limit.',
      );
  };

  /** The engine does not know this attribute. */
  const settingScope =
    (handler: Parameters<typeof register>[1]): Parameters<typeof register>[1] =>
    (parameters, topics, queues) => {
      const { AttributeName, AttributeValue, TopicArn = '' } = parameters;
      if (AttributeName !== 'FifoThroughputScope') return handler(parameters, topics, queues);
      topicOf(TopicArn, topics).attributes.FifoThroughputScope = AttributeValue;
      return snsSuccessResponse('SetTopicAttributes', '');
    };

  /** FIFO topics deliver to queues only, and FIFO queues take from FIFO topics only. */
  const refuseEndpoint = ({ TopicArn = '', Protocol, Endpoint = '' }: Record<string, string>): void => {
    const isFifo = TopicArn.endsWith('.fifo');
    if (isFifo && Protocol !== undefined && Protocol !== 'sqs')
      throw new SnsError('InvalidParameter', `Invalid parameter: Invalid protocol type: ${Protocol}`);
    if (!isFifo && Endpoint.endsWith('.fifo'))
      throw new SnsError(
        'InvalidParameter',
        'Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
      );
  };

  /** A policy that SNS would refuse is refused when it is set. */
  const checkingPolicy =
    (
      handler: Parameters<typeof register>[1],
      attributesOf: (
        parameters: Record<string, string>,
        topics: EngineTopics,
      ) => EngineSubscription['attributes'],
    ): Parameters<typeof register>[1] =>
    (parameters, topics, queues) => {
      try {
        refuseEndpoint(parameters);
        policyOf({ attributes: attributesOf(parameters, topics) });
      } catch (error) {
        if (!(error instanceof InvalidFilterPolicy)) throw error;
        throw new SnsError('InvalidParameter', `Invalid parameter: FilterPolicy: ${error.message}`);
      }
      return handler(parameters, topics, queues);
    };

  const { register } = SnsRouter.prototype;
  SnsRouter.prototype.register = function (action, handler) {
    const ours = handlers[action] ?? (action === 'SetTopicAttributes' ? settingScope(handler) : handler);
    const checked =
      action === 'Subscribe'
        ? checkingPolicy(ours, subscribeAttributes)
        : action === 'SetSubscriptionAttributes'
          ? checkingPolicy(ours, attributesAfterSetting)
          : ours;
    register.call(this, action, checked);
  };

  return {
    refuseDeliveries: (refused) => {
      refusedSubscriptions.clear();
      for (const one of refused) refusedSubscriptions.set(one.subscriptionArn, one);
    },
  };
};

const bytesOf = ({ body, attributes }: Published): number =>
  Buffer.byteLength(body) + attributeBytes(attributes);

const numberXml = ({ messageId, sequenceNumber }: Numbered): string =>
  `<MessageId>${messageId}</MessageId>${
    sequenceNumber === undefined ? '' : `<SequenceNumber>${sequenceNumber}</SequenceNumber>`
  }`;

const refusalOf = (published: Published, { attributes }: EngineTopic): string | undefined => {
  if (published.body === '') return 'Invalid parameter: Empty message';
  if (attributes.FifoTopic === 'true') {
    if (!published.groupId)
      return 'Invalid parameter: The MessageGroupId parameter is required for FIFO topics';
    if (!published.deduplicationId && attributes.ContentBasedDeduplication !== 'true')
      return 'Invalid parameter: The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly';
  }
  return bytesOf(published) > MAX_PUBLISH_BYTES ? 'Invalid parameter: Message too long' : undefined;
};

const maximumBytes = (queue: EngineQueue): number => Number(queue.attributes.MaximumMessageSize);

const deadLetterArn = ({ attributes }: EngineSubscription): string | undefined => {
  if (!attributes.RedrivePolicy) return undefined;
  const { deadLetterTargetArn } = Object(JSON.parse(attributes.RedrivePolicy));
  return typeof deadLetterTargetArn === 'string' ? deadLetterTargetArn : undefined;
};

/** What SNS says on a message in the dead-letter queue of a subscription. */
const reasonsOf = ({ code, message }: ClientError): Record<string, EngineMessageAttribute> => ({
  RequestID: { DataType: 'String', StringValue: randomUUID() },
  ErrorCode: { DataType: 'String', StringValue: code },
  ErrorMessage: { DataType: 'String', StringValue: message },
});

/** @see https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
const notification = (
  { body, subject, attributes }: Published,
  { messageId, sequenceNumber }: Numbered,
  topicArn: string,
  subscriptionArn: string,
) => {
  const named = Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    { Type: DataType, Value: StringValue ?? BinaryValue ?? '' },
  ]);
  const [, , , region] = topicArn.split(':');
  return {
    Type: 'Notification',
    MessageId: messageId,
    ...(sequenceNumber && { SequenceNumber: sequenceNumber }),
    TopicArn: topicArn,
    ...(subject && { Subject: subject }),
    Message: body,
    Timestamp: new Date().toISOString(),
    // FIFO topics do not sign.
    ...(sequenceNumber === undefined && {
      SignatureVersion: '1',
      Signature: 'LOCAL',
      SigningCertURL: `https://sns.${region}.amazonaws.com/SimpleNotificationService-0000000000000000000000.pem`,
    }),
    UnsubscribeURL: `https://sns.${region}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`,
    ...(named.length > 0 && { MessageAttributes: Object.fromEntries(named) }),
  };
};

/**
 * The event of a subscribed function: one record, with two addresses written otherwise than in a notification.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 */
const lambdaEvent = (told: ReturnType<typeof notification>, subscriptionArn: string): TopicEvent => {
  const { SigningCertURL, UnsubscribeURL, Subject = null, MessageAttributes = {}, ...same } = told;
  const Sns = {
    ...{ ...same, Subject, MessageAttributes },
    ...{ SigningCertUrl: SigningCertURL, UnsubscribeUrl: UnsubscribeURL },
  };
  return {
    Records: [{ EventVersion: '1.0', EventSubscriptionArn: subscriptionArn, EventSource: 'aws:sns', Sns }],
  };
};

/** The prefixes of a list in the query protocol: `<list>1.`, `<list>2.`, … */
const indexesOf = (parameters: Record<string, string>, list: string): string[] => {
  const numbers = Object.keys(parameters).flatMap((key) =>
    key.startsWith(list) ? Number.parseInt(key.slice(list.length), 10) : [],
  );
  return [...new Set(numbers)].toSorted((one, other) => one - other).map((number) => `${list}${number}.`);
};

const readPublished = (parameters: Record<string, string>, prefix: string): Published => {
  const attributes: Record<string, EngineMessageAttribute> = {};
  for (const at of indexesOf(parameters, `${prefix}MessageAttributes.entry.`)) {
    const { [`${at}Name`]: name, [`${at}Value.DataType`]: DataType } = parameters;
    const { [`${at}Value.StringValue`]: StringValue, [`${at}Value.BinaryValue`]: BinaryValue } = parameters;
    if (name && DataType)
      attributes[name] = {
        DataType,
        ...(StringValue !== undefined && { StringValue }),
        ...(BinaryValue !== undefined && { BinaryValue }),
      };
  }
  return {
    id: parameters[`${prefix}Id`] ?? '',
    body: parameters[`${prefix}Message`] ?? '',
    groupId: parameters[`${prefix}MessageGroupId`],
    deduplicationId: parameters[`${prefix}MessageDeduplicationId`],
    subject: parameters[`${prefix}Subject`],
    attributes,
  };
};

const subscribeAttributes = (parameters: Record<string, string>): EngineSubscription['attributes'] =>
  Object.fromEntries(
    indexesOf(parameters, 'Attributes.entry.').map((at) => [
      parameters[`${at}key`] ?? '',
      parameters[`${at}value`],
    ]),
  );

const attributesAfterSetting = (
  { SubscriptionArn = '', AttributeName = '', AttributeValue }: Record<string, string>,
  topics: EngineTopics,
): EngineSubscription['attributes'] => ({
  ...topics.getSubscription(SubscriptionArn)?.attributes,
  [AttributeName]: AttributeValue,
});
