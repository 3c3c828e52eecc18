import {
  CreateTopicCommand,
  DeleteTopicCommand,
  type MessageAttributeValue,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  type QueueAttributeName,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type EngineModules, type EngineQueue, engineModules } from '../../../src/engines/engine-modules.ts';
import { type MessagingEngine, startFauxqs } from '../../../src/engines/fauxqs.ts';
import { correctQueues } from '../../../src/engines/queue-corrections.ts';
import type { TopicEvent } from '../../../src/engines/topic-delivery.ts';
import type { MetricDatum } from '../../../src/metrics/metric.ts';

export const account = '000000000000';
export const region = 'eu-central-1';
export const arnOfQueue = (name: string) => `arn:aws:sqs:${region}:${account}:${name}`;

/** The messaging engine as the local stack starts it, over HTTP. */
export interface Messaging {
  readonly endpoint: string;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly metrics: MetricDatum[];
  queue(name: string, attributes?: Partial<Record<QueueAttributeName, string>>): Promise<string>;
  send(url: string, body: string): Promise<void>;
  receive(url: string, options?: { visibility?: number }): Promise<Message[]>;
  /** Messages that are visible now. */
  depth(url: string): Promise<number>;
  topic(name: string): Promise<string>;
  subscribe(topicArn: string, queueName: string, attributes?: Record<string, string>): Promise<string>;
  /** Subscribes a function; one named `gone` takes no events. */
  subscribeFunction(topicArn: string, name: string, attributes?: Record<string, string>): Promise<string>;
  /** The events that functions got. */
  readonly events: { readonly functionArn: string; readonly event: TopicEvent }[];
  publish(topicArn: string, body: string, attributes?: Record<string, MessageAttributeValue>): Promise<void>;
  /** Data of a metric of SNS, summed up. */
  sum(name: string): Promise<number>;
}

interface Started {
  readonly engine: MessagingEngine;
  readonly metrics: MetricDatum[];
  readonly events: { readonly functionArn: string; readonly event: TopicEvent }[];
}
/** One engine for all checks, and another for those of unordered queues: starting one takes longer than most checks. */
const started = new Map<boolean, Promise<Started>>();

async function start(unordered: boolean): Promise<Started> {
  const metrics: MetricDatum[] = [];
  const events: Started['events'] = [];
  const engine = await startFauxqs({
    port: 0,
    region,
    unordered,
    metrics: (datum) => metrics.push(datum),
    acceptEvent: async (functionArn, event) => {
      if (functionArn.endsWith(':gone')) throw new Error('Function not found');
      // Through JSON, as a function gets it.
      return String(events.push({ functionArn, event: JSON.parse(JSON.stringify(event)) }));
    },
  });
  return { engine, metrics, events };
}

/** Stops what the checks have started. */
export async function stopMessaging(): Promise<void> {
  for (const { engine } of await Promise.all(started.values())) await engine.stop();
  started.clear();
}

export async function withMessaging(
  act: (messaging: Messaging) => Promise<void>,
  { unordered = false }: { unordered?: boolean } = {},
): Promise<void> {
  const starting = started.get(unordered) ?? start(unordered);
  started.set(unordered, starting);
  const { engine, metrics, events } = await starting;
  const { endpoint } = engine;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const sqs = new SQSClient({ endpoint, region, credentials, maxAttempts: 1 });
  const sns = new SNSClient({ endpoint, region, credentials, maxAttempts: 1 });
  const queues = new Set<string>();
  const topics = new Set<string>();
  const messaging: Messaging = {
    endpoint,
    sqs,
    sns,
    metrics,
    events,
    async queue(QueueName, Attributes = {}) {
      const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
      const url = `${endpoint}/${account}/${QueueUrl.split('/').pop()}`;
      queues.add(url);
      return url;
    },
    async send(QueueUrl, MessageBody) {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    },
    async receive(QueueUrl, { visibility } = {}) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: visibility,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['All'],
        }),
      );
      return Messages;
    },
    async depth(QueueUrl) {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
      );
      return Number(Attributes?.ApproximateNumberOfMessages);
    },
    async topic(Name) {
      const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name }));
      topics.add(TopicArn);
      return TopicArn;
    },
    async subscribe(TopicArn, queueName, Attributes = {}) {
      const { SubscriptionArn = '' } = await sns.send(
        new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: arnOfQueue(queueName), Attributes }),
      );
      return SubscriptionArn;
    },
    async subscribeFunction(TopicArn, name, Attributes = {}) {
      const Endpoint = `arn:aws:lambda:${region}:${account}:function:${name}`;
      const { SubscriptionArn = '' } = await sns.send(
        new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint, Attributes }),
      );
      return SubscriptionArn;
    },
    async publish(TopicArn, Message, MessageAttributes) {
      await sns.send(new PublishCommand({ TopicArn, Message, MessageAttributes }));
    },
    async sum(name) {
      // What the engine told before it answers this has arrived.
      await engine.deliveries(Date.now());
      return metrics.filter((datum) => datum.name === name).reduce((total, { value }) => total + value, 0);
    },
  };
  try {
    await act(messaging);
  } finally {
    for (const TopicArn of topics) await sns.send(new DeleteTopicCommand({ TopicArn }));
    // One of them may be gone by now.
    for (const QueueUrl of queues) await sqs.send(new DeleteQueueCommand({ QueueUrl })).catch(() => {});
    await messaging.sum('');
    metrics.length = 0;
    events.length = 0;
    sqs.destroy();
    sns.destroy();
  }
}

let corrected: Promise<EngineModules> | undefined;

/** One corrected queue of the engine in this process, where time can be made to pass. */
export async function engineQueue(
  attributes: Record<string, string> = {},
): Promise<{ queue: EngineQueue; send(body: string): void; SqsStore: EngineModules['SqsStore'] }> {
  corrected ??= engineModules().then((modules) => {
    correctQueues(modules);
    return modules;
  });
  const { SqsQueue, SqsStore } = await corrected;
  const queue = new SqsQueue('work', 'http://127.0.0.1/work', arnOfQueue('work'), attributes);
  return { queue, SqsStore, send: (body) => queue.enqueue(SqsStore.createMessage(body)) };
}

/** Lets `act` run as if so many seconds had passed. */
export function secondsLater<Result>(seconds: number, act: () => Result): Result {
  const { now } = Date;
  Date.now = () => now() + seconds * 1000;
  try {
    return act();
  } finally {
    Date.now = now;
  }
}
