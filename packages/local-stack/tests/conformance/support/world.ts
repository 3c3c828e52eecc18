import {
  type CheckpointStore,
  type EventSourceMapping,
  type EventSourceMappings,
  type EventSourceMappingsOptions,
  type MappingEvent,
  parseEventSourceMapping,
  type ShardCheckpoint,
  startEventSourceMappings,
} from '../../../src/event-source-mappings/index.ts';
import type { InvocationResult } from '../../../src/lambda-runtime/invocation.ts';
import type { MetricDatum } from '../../../src/metrics/metric.ts';
import { createMemoryQueues, type MemoryQueues } from './memory-queue.ts';
import { createMemoryStream, type MemoryStream } from './memory-stream.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

export const streamArn =
  'arn:aws:dynamodb:eu-central-1:123456789012:table/Items/stream/2026-01-15T00:00:00.000';
export const queueArn = 'arn:aws:sqs:eu-central-1:123456789012:work';
export const fifoArn = `${queueArn}.fifo`;
export const deadLetterArn = 'arn:aws:sqs:eu-central-1:123456789012:work-dlq';
export const failureQueueArn = 'arn:aws:sqs:eu-central-1:123456789012:failures';
export const failureTopicArn = 'arn:aws:sns:eu-central-1:123456789012:failures';
export const failureBucketArn = 'arn:aws:s3:::failures';

/** The event of one invocation, as far as the checks look into it. */
export interface SeenEvent {
  readonly Records: readonly {
    readonly messageId?: string;
    readonly body?: string;
    readonly dynamodb?: { readonly SequenceNumber: string; readonly Keys: Record<string, { S?: string }> };
    readonly [key: string]: unknown;
  }[];
}

export interface SeenInvocation {
  readonly functionName: string;
  readonly at: number;
  readonly event: SeenEvent;
  /** Sequence numbers or bodies. */
  readonly records: readonly string[];
}

/** What a handler under test can do: return, throw, sleep on the clock, or be throttled. */
export type Handler = (invocation: SeenInvocation, count: number, clock: VirtualClock) => unknown;

/** Returned by a handler: Lambda answered TooManyRequestsException instead of running it. */
export const throttle = Symbol('throttle');
/** Returned by a handler: the invocation itself failed, for example for want of permission. */
export const unreachable = Symbol('unreachable');

export class FunctionTimeout extends Error {}

export interface MemoryCheckpoints extends CheckpointStore {
  readonly saved: { readonly shardId: string; readonly checkpoint: ShardCheckpoint }[];
  current(shardId?: string): ShardCheckpoint | undefined;
}

export function createMemoryCheckpoints(): MemoryCheckpoints {
  const saved: { mappingId: string; shardId: string; checkpoint: ShardCheckpoint }[] = [];
  return {
    saved,
    current: (shardId = 'shard-1') => saved.findLast((entry) => entry.shardId === shardId)?.checkpoint,
    load: async (mappingId) =>
      new Map(
        saved
          .filter((entry) => entry.mappingId === mappingId)
          .map(({ shardId, checkpoint }) => [shardId, checkpoint]),
      ),
    save: async (mappingId, shardId, checkpoint) => {
      saved.push({ mappingId, shardId, checkpoint });
    },
  };
}

export interface World {
  readonly clock: VirtualClock;
  readonly stream: MemoryStream;
  readonly queues: MemoryQueues;
  readonly checkpoints: MemoryCheckpoints;
  readonly mapping: EventSourceMapping;
  readonly invocations: SeenInvocation[];
  /** Most invocations at the function at the same time so far. */
  readonly concurrent: { most: number; now: number };
  readonly metrics: MetricDatum[];
  readonly events: MappingEvent[];
  readonly logs: string[];
  readonly sent: { readonly arn: string; readonly body: Record<string, unknown> }[];
  readonly objects: {
    readonly bucketArn: string;
    readonly key: string;
    readonly body: Record<string, unknown>;
  }[];
  /** The next deliveries to on-failure destinations fail. */
  failDestinations(times: number): void;
  start(): EventSourceMappings;
  /** The running mappings. */
  running(): EventSourceMappings;
  /** Ends this run, as a restart would, without losing the sources and checkpoints. */
  stop(): Promise<void>;
  /** Ends this run as kill -9 would: whatever it calls from now on never answers and has no effect. */
  kill(): void;
  sum(metric: string): number;
  /** Sequence numbers or bodies of every invocation, in order. */
  batches(): (readonly string[])[];
}

export interface WorldOptions {
  readonly properties?: Record<string, unknown>;
  readonly handler?: Handler;
  readonly options?: Partial<EventSourceMappingsOptions>;
  /** Defaults to one shard, `shard-1`. */
  readonly shards?: readonly (readonly [shardId: string, parentShardId?: string])[];
}

const identify = (record: SeenEvent['Records'][number]) =>
  record.dynamodb?.SequenceNumber ?? record.body ?? '';

/** Makes functions of one run that hang for good once that run has ended, as those of a killed process do. */
function mortalBy(life: { readonly ended: boolean }) {
  const never = () => new Promise<never>(() => {});
  return <Arguments extends unknown[], Result>(act: (...args: Arguments) => Promise<Result>) =>
    async (...args: Arguments): Promise<Result> => {
      if (life.ended) return await never();
      const result = await act(...args);
      return life.ended ? await never() : result;
    };
}

function createWorld(
  properties: Record<string, unknown>,
  { handler = () => undefined, options, shards }: WorldOptions,
): World {
  const clock = createVirtualClock();
  const stream = createMemoryStream(clock);
  for (const [shardId, parentShardId] of shards ?? [['shard-1']]) stream.addShard(shardId, parentShardId);
  const queues = createMemoryQueues(clock);
  const checkpoints = createMemoryCheckpoints();
  const mapping = parseEventSourceMapping(properties, 'Mapping');
  const invocations: SeenInvocation[] = [];
  const concurrent = { most: 0, now: 0 };
  const metrics: MetricDatum[] = [];
  const events: MappingEvent[] = [];
  const logs: string[] = [];
  const sent: World['sent'] = [];
  const objects: World['objects'] = [];
  let destinationFailures = 0;
  let running: EventSourceMappings | undefined;
  let end = () => {};

  function deliver(): void {
    if (destinationFailures === 0) return;
    destinationFailures -= 1;
    throw new Error('The destination is not available');
  }

  async function invoke(functionName: string, event: unknown): Promise<InvocationResult> {
    // What a real invocation does to an event: JSON and back.
    const seen: SeenEvent = JSON.parse(JSON.stringify(event));
    const invocation = { functionName, at: clock.now(), event: seen, records: seen.Records.map(identify) };
    invocations.push(invocation);
    concurrent.now += 1;
    concurrent.most = Math.max(concurrent.most, concurrent.now);
    try {
      const result = await handler(invocation, invocations.length, clock);
      if (result === throttle) return { kind: 'throttled' };
      if (result === unreachable) throw new Error('AccessDeniedException');
      return { kind: 'success', payload: result === undefined ? null : JSON.parse(JSON.stringify(result)) };
    } catch (error) {
      if (error instanceof Error && error.message === 'AccessDeniedException') throw error;
      const errorType = error instanceof FunctionTimeout ? 'Sandbox.Timedout' : 'Unhandled';
      return { kind: 'error', errorType, errorMessage: String(error) };
    } finally {
      concurrent.now -= 1;
    }
  }

  return {
    clock,
    stream,
    queues,
    checkpoints,
    mapping,
    invocations,
    concurrent,
    metrics,
    events,
    logs,
    sent,
    objects,
    failDestinations(times) {
      destinationFailures = times;
    },
    start() {
      const life = { ended: false };
      const mortal = mortalBy(life);
      end = () => {
        life.ended = true;
      };
      const { checkpoints: store = checkpoints, ...more } = options ?? {};
      running = startEventSourceMappings({
        mappings: [mapping],
        streams: {
          shards: mortal(stream.shards),
          iterator: mortal(stream.iterator),
          records: mortal(stream.records),
        },
        queues: {
          receive: mortal(queues.receive),
          delete: mortal(queues.delete),
          release: mortal(queues.release),
          visibilityTimeout: mortal(queues.visibilityTimeout),
        },
        destinations: {
          sendMessage: mortal(async (arn: string, body: string) => {
            deliver();
            sent.push({ arn, body: JSON.parse(body) });
          }),
          publish: mortal(async (arn: string, message: string) => {
            deliver();
            sent.push({ arn, body: JSON.parse(message) });
          }),
          putObject: mortal(async (bucketArn: string, key: string, body: string) => {
            deliver();
            objects.push({ bucketArn, key, body: JSON.parse(body) });
          }),
        },
        checkpoints: { load: mortal(store.load), save: mortal(store.save) },
        invoke: mortal(invoke),
        clock,
        metrics: (datum) => metrics.push(datum),
        log: (_level, message) => logs.push(message),
        onEvent: (event) => events.push(event),
        ...more,
      });
      return running;
    },
    kill() {
      end();
      running = undefined;
    },
    running() {
      if (!running) throw new Error('The mappings are not started');
      return running;
    },
    async stop() {
      let stopped = false;
      const stopping = running?.stop().then(() => {
        stopped = true;
      });
      running = undefined;
      if (stopping) await clock.until(() => stopped);
    },
    sum: (metric) =>
      metrics.filter(({ name }) => name === metric).reduce((total, { value }) => total + value, 0),
    batches: () => invocations.map(({ records }) => records),
  };
}

async function during(world: World, act: (world: World) => Promise<void>): Promise<void> {
  try {
    await act(world);
  } finally {
    await world.stop();
  }
}

/** A world with one stream mapping, not yet started. */
export function withStream(options: WorldOptions, act: (world: World) => Promise<void>): Promise<void> {
  const properties = {
    EventSourceArn: streamArn,
    FunctionName: 'handler',
    StartingPosition: 'TRIM_HORIZON',
    MetricsConfig: { Metrics: ['EventCount'] },
    ...options.properties,
  };
  return during(createWorld(properties, options), act);
}

/** A world with one queue mapping, not yet started; its queue redrives after 3 receives. */
export function withQueue(options: WorldOptions, act: (world: World) => Promise<void>): Promise<void> {
  const properties = {
    EventSourceArn: queueArn,
    FunctionName: 'handler',
    MetricsConfig: { Metrics: ['EventCount'] },
    ...options.properties,
  };
  const world = createWorld(properties, options);
  world.queues.create(deadLetterArn);
  world.queues.create(queueArn, {
    visibilityTimeoutSeconds: 30,
    redrive: { deadLetterArn, maxReceiveCount: 3 },
  });
  return during(world, act);
}

/** A world with a mapping of one FIFO queue that reports failures of single messages, not yet started. */
export function withFifo(options: WorldOptions, act: (world: World) => Promise<void>): Promise<void> {
  return withQueue(
    {
      ...options,
      properties: {
        EventSourceArn: fifoArn,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ...options.properties,
      },
    },
    async (world) => {
      world.queues.create(`${deadLetterArn}.fifo`);
      world.queues.create(fifoArn, {
        visibilityTimeoutSeconds: 30,
        redrive: { deadLetterArn: `${deadLetterArn}.fifo`, maxReceiveCount: 3 },
      });
      await act(world);
    },
  );
}
