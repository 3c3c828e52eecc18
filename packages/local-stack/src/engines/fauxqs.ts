import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { type MetricSink, metricUnits } from '../metrics/metric.ts';
import type { ObjectEvent } from '../object-events/index.ts';
import type { MoveRequest } from '../queues/engine-messages.ts';
import { MessageEvent } from '../trace/messages.ts';
import { type Engine, notStarted } from './engine.ts';
import { type AcceptEvent, type RefusedSubscription, TopicEvent } from './topic-delivery.ts';

/** A message that arrived in a queue, or at a function from a topic, by its name. `timestamp` is Unix milliseconds. */
export const Delivery = z.object({ to: z.string(), body: z.string(), timestamp: z.number() });
export type Delivery = z.infer<typeof Delivery>;

/** SNS, SQS and S3 on one port. */
export interface MessagingEngine extends Engine {
  /** The latest messages that arrived in any queue or at any function at or after `since` (Unix milliseconds), oldest first. */
  deliveries(since: number): Promise<Delivery[]>;
  /** Answers every ReceiveMessage that waits for a message now, with none. */
  endLongPolls(): Promise<void>;
  /** From now on deliveries to the queues of these subscriptions fail, and those of all others do not. */
  refuseDeliveries(refused: readonly RefusedSubscription[]): Promise<void>;
  /** The latest that messages did, so many at most, oldest first. */
  messageEvents(latest: number): Promise<readonly MessageEvent[]>;
  /** Moves or discards messages without receiving them; resolves to how many. */
  move(request: MoveRequest): Promise<number>;
}

const noFunction: AcceptEvent = async (functionArn) => {
  throw new Error(`Function not found: ${functionArn}`);
};

const Started = z.object({ port: z.number() });
/** See `ObjectEvent`. */
const ObjectMessage = z.object({
  name: z.enum([
    'ObjectCreated:Put',
    'ObjectCreated:Copy',
    'ObjectCreated:CompleteMultipartUpload',
    'ObjectRemoved:Delete',
  ]),
  bucket: z.string(),
  key: z.string(),
  size: z.number().exactOptional(),
  eTag: z.string().exactOptional(),
  at: z.number(),
});
const Message = z.union([
  z.object({ object: ObjectMessage }),
  z.object({ id: z.number(), answer: z.unknown() }),
  z.object({ event: z.object({ number: z.number(), functionArn: z.string(), payload: TopicEvent }) }),
  z.object({
    metric: z.object({
      namespace: z.string(),
      name: z.string(),
      dimensions: z.record(z.string(), z.string()),
      value: z.number(),
      unit: z.enum(metricUnits),
      timestamp: z.number(),
    }),
  }),
]);

/**
 * Starts the embedded SNS, SQS and S3 on 127.0.0.1, in a thread of their own.
 * @param options.dataDirectory where they keep their data; in memory when absent
 * @param options.port a free one when 0
 * @param options.afterCrash makes messages visible that were received when the engine was last ended
 * @param options.unordered lets messages of standard queues come in any order, one in ten twice
 * @param options.metrics takes what SNS tells CloudWatch
 * @param options.acceptEvent takes the events of functions that are subscribed to topics; without, there are no functions
 * @param options.onObject hears of every object that is created or removed
 * @throws {Error} with the engine's own words when it does not start
 */
export const startFauxqs = async (options: {
  port: number;
  region: string;
  dataDirectory?: string;
  afterCrash?: boolean;
  unordered?: boolean;
  metrics?: MetricSink;
  acceptEvent?: AcceptEvent;
  onObject?: ((event: ObjectEvent) => void) | undefined;
}): Promise<MessagingEngine> => {
  const { metrics, acceptEvent = noFunction, onObject, ...workerData } = options;
  const worker = new Worker(new URL(`./fauxqs-worker${extname(import.meta.filename)}`, import.meta.url), {
    workerData,
    // By default a thread fills a hundred megabytes with what is over before it looks.
    resourceLimits: { maxYoungGenerationSizeMb: 32 },
    execArgv: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--disable-warning=ExperimentalWarning'],
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let lastError: unknown;
  worker.on('error', (error) => {
    lastError = error;
  });
  const exited = new Promise<number>((resolve) => worker.once('exit', resolve));
  const ended = exited.then((code) => {
    const how = lastError === undefined ? `exit status ${code}` : String(lastError);
    for (const { reject } of waiting.values()) reject(new Error(`SNS, SQS and S3 ended (${how})`));
    waiting.clear();
    return how;
  });
  const started = await Promise.race([
    new Promise<unknown>((resolve) => worker.once('message', resolve)),
    ended.then((how) => Promise.reject(notStarted('SNS, SQS and S3', how, options.dataDirectory))),
  ]);
  const { port } = Started.parse(started);
  worker.on('message', (message: unknown) => {
    const parsed = Message.parse(message);
    if ('object' in parsed) return onObject?.(parsed.object);
    if ('metric' in parsed) return metrics?.(parsed.metric);
    if ('event' in parsed) {
      const { number: event, functionArn, payload } = parsed.event;
      const answer = (told: { requestId: string } | { error: string }) => {
        // The thread may have ended meanwhile, and what was published with it.
        if (worker.threadId >= 0) worker.postMessage({ event, ...told });
      };
      acceptEvent(functionArn, payload).then(
        (requestId) => answer({ requestId }),
        (error: unknown) => answer({ error: error instanceof Error ? error.message : String(error) }),
      );
      return;
    }
    waiting.get(parsed.id)?.resolve(parsed.answer);
    waiting.delete(parsed.id);
  });
  let asked = 0;
  const ask = (
    request:
      | { ask: 'deliveries'; since: number }
      | { ask: 'refuseDeliveries'; refused: readonly RefusedSubscription[] }
      | { ask: 'move'; move: MoveRequest }
      | { ask: 'messageEvents'; latest: number }
      | { ask: 'endLongPolls' | 'stop' },
  ) => {
    if (worker.threadId < 0) return Promise.reject(new Error('SNS, SQS and S3 have ended'));
    const answer = Promise.withResolvers<unknown>();
    asked += 1;
    waiting.set(asked, answer);
    worker.postMessage({ id: asked, ...request });
    return answer.promise;
  };

  return {
    endpoint: `http://127.0.0.1:${port}`,
    deliveries: async (since) => z.array(Delivery).parse(await ask({ ask: 'deliveries', since })),
    endLongPolls: async () => {
      await ask({ ask: 'endLongPolls' });
    },
    refuseDeliveries: async (refused) => {
      await ask({ ask: 'refuseDeliveries', refused });
    },
    messageEvents: async (latest) => z.array(MessageEvent).parse(await ask({ ask: 'messageEvents', latest })),
    move: async (move) => z.number().parse(await ask({ ask: 'move', move })),
    ended,
    stop: async () => {
      // It may be gone already, or end before it can answer.
      await ask({ ask: 'stop' }).catch(() => {});
      await ended;
    },
  };
};
