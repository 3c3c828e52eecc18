import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { MetricSink } from '../metrics/metric.ts';
import { UserError } from '../user-error.ts';
import { type Engine, startDynoxide } from './dynoxide.ts';
import { type Delivery, startFauxqs } from './fauxqs.ts';
import { isFree } from './free-port.ts';

export { Delivery } from './fauxqs.ts';

/** Where the engines answer. */
export interface EngineEndpoints {
  dynamoDb: string;
  /** SNS, SQS and S3. */
  messaging: string;
}

/** Messages in a queue: waiting, received but not deleted, and delayed. */
export interface QueueDepth {
  visible: number;
  inFlight: number;
  delayed: number;
}

/** The embedded engines of one stack. */
export interface Engines {
  endpoints: EngineEndpoints;
  /** The file that the embedded DynamoDB writes to; absent in memory, and with another DynamoDB. */
  databaseFile?: string;
  deliveries(since: number): Promise<Delivery[]>;
  /** Answers every ReceiveMessage that waits for a message now, with none. */
  endLongPolls(): Promise<void>;
  /** From now on messages of these subscriptions go to other queues; to none where there is no such queue. */
  redirect(subscriptions: readonly { arn: string; endpoint: string }[]): Promise<void>;
  /** How full each queue is, by the queue's name. */
  queueDepths(): Promise<ReadonlyMap<string, QueueDepth>>;
  stop(): Promise<void>;
}

/** A port that somebody else uses. */
export class PortTaken extends UserError {
  constructor(port: number, what: string, option: string) {
    super(
      `port ${port}, meant for ${what}, is taken: free it, or choose another with ${option} <number> (0: any free one)`,
    );
    this.name = 'PortTaken';
  }
}

/**
 * The port to listen on.
 * @param wanted 0 for any free one, and so is the answer
 * @throws {PortTaken} naming the option that changes it
 */
export const claimPort = async (wanted: number, what: string, option: string): Promise<number> => {
  // Whoever listens takes a free one himself: one found here could be another's by then.
  if (wanted === 0 || (await isFree(wanted))) return wanted;
  throw new PortTaken(wanted, what, option);
};

const Queues = z.array(
  z
    .object({
      name: z.string(),
      approximateMessageCount: z.number(),
      approximateInflightCount: z.number(),
      approximateDelayedCount: z.number(),
    })
    .transform((queue): [string, QueueDepth] => [
      queue.name,
      {
        visible: queue.approximateMessageCount,
        inFlight: queue.approximateInflightCount,
        delayed: queue.approximateDelayedCount,
      },
    ]),
);

const queueDepthsOf = async (endpoint: string): Promise<ReadonlyMap<string, QueueDepth>> => {
  const answer = await fetch(`${endpoint}/_fauxqs/queues`);
  return new Map(Queues.parse(await answer.json()));
};

/** Waits for two engines that start at the same time. @throws what one could not start for, after the other stopped */
const bothOrNone = async <A extends Engine, B extends Engine>(
  one: Promise<A>,
  other: Promise<B>,
): Promise<[A, B]> => {
  try {
    return await Promise.all([one, other]);
  } catch (error) {
    for (const start of await Promise.allSettled([one, other])) {
      if (start.status === 'fulfilled') await start.value.stop();
    }
    throw error;
  }
};

/**
 * Starts the engines; with AWS_ENDPOINT_URL_DYNAMODB set, that DynamoDB is used instead of the embedded one.
 * @param options.directory where they keep their data; in memory when absent
 * @param options.afterCrash their last user was killed: what it had received from queues becomes visible again
 * @param options.unorderedQueues lets messages of standard queues come in any order, one in ten twice
 * @param options.metrics takes what SNS tells CloudWatch
 * @throws {PortTaken} {NoDynamoDbBinary}
 */
export const startEngines = async (options: {
  directory?: string;
  afterCrash?: boolean;
  unorderedQueues?: boolean;
  metrics?: MetricSink;
  region: string;
  ports: { dynamoDb: number; messaging: number };
}): Promise<Engines> => {
  const { directory, region, ports, metrics, afterCrash = false, unorderedQueues = false } = options;
  if (directory) mkdirSync(directory, { recursive: true });
  const messagingPort = await claimPort(ports.messaging, 'SNS, SQS and S3', '--messagingPort');
  const given = process.env.AWS_ENDPOINT_URL_DYNAMODB;
  const databaseFile = directory && join(directory, 'dynamodb.sqlite');
  const startDynamoDb = async () =>
    given
      ? { endpoint: given, stop: async () => {} }
      : startDynoxide({
          port: await claimPort(ports.dynamoDb, 'DynamoDB', '--dynamodbPort'),
          ...(databaseFile && { databaseFile }),
        });
  const [dynamoDb, messaging] = await bothOrNone(
    startDynamoDb(),
    startFauxqs({
      port: messagingPort,
      region,
      afterCrash,
      unordered: unorderedQueues,
      ...(metrics && { metrics }),
      ...(directory && { dataDirectory: join(directory, 'messaging') }),
    }),
  );
  return {
    endpoints: { dynamoDb: dynamoDb.endpoint, messaging: messaging.endpoint },
    ...(databaseFile && !given && { databaseFile }),
    deliveries: messaging.deliveries,
    endLongPolls: messaging.endLongPolls,
    redirect: messaging.redirect,
    queueDepths: () => queueDepthsOf(messaging.endpoint),
    stop: async () => {
      await Promise.all([dynamoDb.stop(), messaging.stop()]);
    },
  };
};
