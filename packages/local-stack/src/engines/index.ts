import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { MetricSink } from '../metrics/metric.ts';
import type { ObjectEvent } from '../object-events/index.ts';
import type { MoveRequest } from '../queues/engine-messages.ts';
import type { MessageEvent } from '../trace/messages.ts';
import { UserError } from '../user-error.ts';
import { startDynoxide } from './dynoxide.ts';
import type { Engine } from './engine.ts';
import { type Delivery, startFauxqs } from './fauxqs.ts';
import { portObstacle } from './free-port.ts';
import { type KeptEngine, keepRunning } from './keep-running.ts';
import type { AcceptEvent, RefusedSubscription } from './topic-delivery.ts';

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
  /** From now on deliveries to the queues of these subscriptions fail, and those of all others do not. */
  refuseDeliveries(refused: readonly RefusedSubscription[]): Promise<void>;
  /** The latest that messages did, so many at most, oldest first. */
  messageEvents(latest: number): Promise<readonly MessageEvent[]>;
  /** Moves or discards messages without receiving them; resolves to how many. */
  move(request: MoveRequest): Promise<number>;
  /** How full each queue is, by the queue's name. */
  queueDepths(): Promise<ReadonlyMap<string, QueueDepth>>;
  /** Whether each of them answers now. */
  health(): Promise<EngineHealth[]>;
  stop(): Promise<void>;
}

export interface EngineHealth {
  /** As people know it. */
  name: string;
  endpoint: string;
  answers: boolean;
  /** How often it ended by itself and was started again. */
  restarts: number;
}

/** A port that cannot be listened on. */
export class PortInUse extends UserError {
  override name = 'PortInUse';
  /** @param obstacle the system's error code, `EADDRINUSE` when another process uses the port */
  constructor(port: number, what: string, option: string, obstacle: string) {
    const problem =
      obstacle === 'EADDRINUSE' ? 'is in use: stop what uses it, or' : `cannot be listened on (${obstacle}):`;
    super(
      `port ${port}, meant for ${what}, ${problem} choose another with ${option} <number> (0: any free one)`,
    );
  }
}

/**
 * The port to listen on.
 * @param wanted 0 for any free one, and so is the answer
 * @throws {PortInUse} naming the option that changes it
 */
export const claimPort = async (wanted: number, what: string, option: string): Promise<number> => {
  // The server itself picks a free port: one found here could be in use by then.
  const obstacle = wanted === 0 ? undefined : await portObstacle(wanted);
  if (obstacle !== undefined) throw new PortInUse(wanted, what, option, obstacle);
  return wanted;
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

const HEALTH_MILLISECONDS = 1_000;

/** Whether a server answers HTTP there, with any status. */
const answers = (endpoint: string): Promise<boolean> =>
  fetch(endpoint, { signal: AbortSignal.timeout(HEALTH_MILLISECONDS) }).then(
    async (response) => {
      await response.body?.cancel();
      return true;
    },
    () => false,
  );

/** Waits for two engines that start at the same time. @throws what one could not start for, after the other stopped */
const bothOrNone = async <A extends { stop(): Promise<void> }, B extends { stop(): Promise<void> }>(
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

/** A DynamoDB that runs elsewhere. */
const foreignEngine = (endpoint: string): Pick<KeptEngine<Engine>, 'endpoint' | 'restarts' | 'stop'> => ({
  endpoint,
  restarts: () => 0,
  stop: async () => {},
});

/**
 * Starts the engines; with AWS_ENDPOINT_URL_DYNAMODB set, that DynamoDB is used instead of the embedded one. An engine
 * that ends by itself is started again.
 * @param options.directory where they keep their data; in memory when absent
 * @param options.afterCrash their last user was killed: what it had received from queues becomes visible again
 * @param options.unorderedQueues lets messages of standard queues come in any order, one in ten twice
 * @param options.metrics takes what SNS tells CloudWatch
 * @param options.acceptEvent takes the events of functions that are subscribed to topics
 * @param options.onObject hears of every object that is created in a bucket or removed
 * @param options.tell lines for people
 * @param options.onLoss called when an engine cannot be kept running
 * @throws {PortInUse} {NoDynamoDbBinary}
 */
export const startEngines = async (options: {
  directory?: string;
  afterCrash?: boolean;
  unorderedQueues?: boolean;
  metrics?: MetricSink;
  acceptEvent?: AcceptEvent;
  onObject?: (event: ObjectEvent) => void;
  region: string;
  ports: { dynamoDb: number; messaging: number };
  tell?: (line: string) => void;
  onLoss?: (reason: string) => void;
}): Promise<Engines> => {
  const {
    directory,
    region,
    ports,
    metrics,
    acceptEvent,
    onObject,
    afterCrash = false,
    unorderedQueues = false,
  } = options;
  const { tell = () => {}, onLoss = () => {} } = options;
  if (directory) mkdirSync(directory, { recursive: true });
  const messagingPort = await claimPort(ports.messaging, 'SNS, SQS and S3', '--messagingPort');
  const given = process.env.AWS_ENDPOINT_URL_DYNAMODB;
  const databaseFile = directory && join(directory, 'dynamodb.sqlite');
  const startDynamoDb = async () =>
    given
      ? foreignEngine(given)
      : keepRunning({
          name: 'DynamoDB',
          start: (port) => startDynoxide({ port, ...(databaseFile && { databaseFile }) }),
          port: await claimPort(ports.dynamoDb, 'DynamoDB', '--dynamodbPort'),
          tell,
          onLoss,
        });
  let isFirst = true;
  let refused: readonly RefusedSubscription[] = [];
  const startMessaging = async (port: number) => {
    const started = await startFauxqs({
      port,
      region,
      // When the engine alone ended, functions may still be at work on what they received.
      afterCrash: afterCrash && isFirst,
      unordered: unorderedQueues,
      ...(metrics && { metrics }),
      ...(acceptEvent && { acceptEvent }),
      onObject,
      ...(directory && { dataDirectory: join(directory, 'messaging') }),
    });
    isFirst = false;
    // It is in the engine's memory only.
    await started.refuseDeliveries(refused);
    return started;
  };
  const [dynamoDb, messaging] = await bothOrNone(
    startDynamoDb(),
    keepRunning({ name: 'SNS, SQS and S3', start: startMessaging, port: messagingPort, tell, onLoss }),
  );
  const healthOf = async (
    name: string,
    { endpoint, restarts }: Pick<KeptEngine<Engine>, 'endpoint' | 'restarts'>,
  ): Promise<EngineHealth> => ({ name, endpoint, answers: await answers(endpoint), restarts: restarts() });
  return {
    endpoints: { dynamoDb: dynamoDb.endpoint, messaging: messaging.endpoint },
    ...(databaseFile && !given && { databaseFile }),
    deliveries: (since) => messaging.current().deliveries(since),
    endLongPolls: () => messaging.current().endLongPolls(),
    refuseDeliveries: (subscriptions) => {
      refused = subscriptions;
      return messaging.current().refuseDeliveries(refused);
    },
    messageEvents: (latest) => messaging.current().messageEvents(latest),
    move: (request) => messaging.current().move(request),
    queueDepths: () => queueDepthsOf(messaging.endpoint),
    health: () => Promise.all([healthOf('DynamoDB', dynamoDb), healthOf('SNS, SQS and S3', messaging)]),
    stop: async () => {
      await Promise.all([dynamoDb.stop(), messaging.stop()]);
    },
  };
};
