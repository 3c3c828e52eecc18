import {
  CreateTopicCommand,
  PublishBatchCommand,
  SNSClient,
  SNSServiceException,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { compileFilterPolicy } from '../../../packages/local-stack/src/topics/filter-policy.ts';
import { ACCOUNT, startMoto } from '../moto/server.ts';
import type { Policy, Published } from './draw.ts';

/** What became of messages under a policy, by their ids. */
export interface Decided {
  delivered: ReadonlySet<string>;
  /** Those that the engine answered with an error. */
  failed: ReadonlySet<string>;
}
/** `refused`: the policy cannot be set. */
export type Received = readonly (Decided | 'refused')[];

/** Whatever decides by filter policies. */
export interface Engine {
  name: string;
  deliver(policies: readonly Policy[], messages: readonly Published[]): Promise<Received>;
  stop(): Promise<void>;
}

const REGION = 'us-east-1';
const ID = /"(?:id|eventId)":"(m\d+)"|^(m\d+) /;
const idOf = (body: string): string => {
  const [, inJson, inText] = ID.exec(body) ?? [];
  return inJson ?? inText ?? body;
};

/** The rule of the local stack. */
export const ours: Engine = {
  name: 'ours',
  deliver: async (policies, messages) =>
    policies.map(({ scope, policy }) => {
      const { filteredOut } = compileFilterPolicy(JSON.stringify(policy), scope);
      const delivered = messages.filter((message) => filteredOut(message) === undefined).map(({ id }) => id);
      return { delivered: new Set(delivered), failed: new Set() };
    }),
  stop: async () => {},
};

const entryOf = ({ id, body, attributes }: Published) => ({
  Id: id,
  Message: body,
  MessageAttributes: Object.fromEntries(
    Object.entries(attributes).map(([attribute, { DataType, StringValue, BinaryValue }]) => [
      attribute,
      {
        DataType,
        ...(StringValue !== undefined && { StringValue }),
        ...(BinaryValue !== undefined && { BinaryValue: Buffer.from(BinaryValue, 'base64') }),
      },
    ]),
  ),
});

/** Topics and queues behind AWS's own APIs. */
const overHttp = (name: string, endpoint: string, stop: () => Promise<void>): Engine => {
  const options = {
    endpoint,
    region: REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    // What fails is wanted to be known.
    maxAttempts: 1,
  };
  const [sns, sqs] = [new SNSClient(options), new SQSClient(options)];
  let subscriptions = 0;

  /** A topic with one queue, so that what fails under one policy concerns no other. */
  const subscribe = async ({ scope, policy }: Policy) => {
    subscriptions += 1;
    const queue = `queue-${subscriptions}`;
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: `topic-${subscriptions}` }));
    await sqs.send(new CreateQueueCommand({ QueueName: queue }));
    const Attributes = {
      FilterPolicy: JSON.stringify(policy),
      FilterPolicyScope: scope,
      RawMessageDelivery: 'true',
    };
    const Endpoint = `arn:aws:sqs:${REGION}:${ACCOUNT}:${queue}`;
    try {
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }));
    } catch (error) {
      if (error instanceof SNSServiceException) return undefined;
      throw error;
    }
    return { TopicArn, QueueUrl: `${endpoint}/${ACCOUNT}/${queue}` };
  };

  /** @returns those that the engine cannot deal with: its whole call fails */
  const publish = async (TopicArn: string, messages: readonly Published[]): Promise<string[]> => {
    try {
      const { Failed = [] } = await sns.send(
        new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: messages.map(entryOf) }),
      );
      return Failed.map(({ Id = '' }) => Id);
    } catch (error) {
      if (!(error instanceof SNSServiceException) || error.$fault !== 'server') throw error;
      if (messages.length === 1) return messages.map(({ id }) => id);
      const failed: string[] = [];
      for (const message of messages) failed.push(...(await publish(TopicArn, [message])));
      return failed;
    }
  };

  const receivedIn = async (QueueUrl: string): Promise<Set<string>> => {
    const ids = new Set<string>();
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
      );
      if (Messages.length === 0) return ids;
      for (const { Body = '' } of Messages) ids.add(idOf(Body));
    }
  };

  return {
    name,
    deliver: async (policies, messages) => {
      const received: (Decided | 'refused')[] = [];
      for (const policy of policies) {
        const subscription = await subscribe(policy);
        if (subscription === undefined) {
          received.push('refused');
          continue;
        }
        const failed = new Set<string>();
        for (let from = 0; from < messages.length; from += 10)
          for (const id of await publish(subscription.TopicArn, messages.slice(from, from + 10)))
            failed.add(id);
        received.push({ delivered: await receivedIn(subscription.QueueUrl), failed });
      }
      return received;
    },
    stop: async () => {
      sns.destroy();
      sqs.destroy();
      await stop();
    },
  };
};

/** fauxqs as it is published, without the local stack's corrections. */
export const startPlainFauxqs = async (): Promise<Engine> => {
  const app = buildApp({ logger: false });
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 });
  return overHttp('fauxqs', endpoint, async () => {
    await app.close();
  });
};

export const startMotoTopics = async (): Promise<Engine> => {
  const moto = await startMoto();
  return overHttp('moto', moto.endpoint, moto.stop);
};
