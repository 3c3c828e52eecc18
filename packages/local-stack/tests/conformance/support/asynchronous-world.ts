import {
  type AsynchronousEvent,
  type AsynchronousInvocation,
  asynchronousConfigurations,
  type Destination,
  type EventStore,
  type QueuedEvent,
  startAsynchronousInvocation,
} from '../../../src/asynchronous-invocation/index.ts';
import type { InvocationResult } from '../../../src/lambda-runtime/invocation.ts';
import type { MetricDatum } from '../../../src/metrics/metric.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

export const functionArn = 'arn:aws:lambda:eu-central-1:123456789012:function:worker';
export const start = Date.parse('2026-01-15T10:00:00.000Z');

/** One try of the function. Times are milliseconds since the start. */
export interface Try {
  readonly at: number;
  readonly payload: unknown;
  readonly requestId: string | undefined;
}

/** What the function under test does at its `count`th try, from 1. */
export type Answer = (count: number, clock: VirtualClock) => Promise<InvocationResult> | InvocationResult;

export const succeeds: Answer = () => ({ kind: 'success', payload: { done: true } });
export const fails: Answer = () => ({
  kind: 'error',
  errorType: 'RangeError',
  errorMessage: 'out of range',
  trace: ['RangeError: out of range', '    at handler'],
});
export const throttled: Answer = () => ({ kind: 'throttled' });
/** Answers of tries in turn; the last one goes on. */
export const inTurn =
  (...answers: readonly Answer[]): Answer =>
  (count, clock) =>
    (answers[count - 1] ?? answers.at(-1) ?? succeeds)(count, clock);

export interface AsynchronousWorld {
  readonly clock: VirtualClock;
  readonly tries: Try[];
  readonly records: { readonly destination: Destination; readonly record: Record<string, unknown> }[];
  readonly deadLetters: {
    readonly destination: Destination;
    readonly payload: unknown;
    readonly attributes: Readonly<Record<string, string>>;
  }[];
  readonly metrics: MetricDatum[];
  readonly events: AsynchronousEvent[];
  readonly logs: string[];
  /** What would be there after a kill. */
  readonly stored: ReadonlyMap<string, QueuedEvent>;
  /** The queue that runs. */
  queue(): AsynchronousInvocation;
  accept(payload: unknown): string;
  /** Sends to destinations fail from now on, so many times. */
  failDestinations(times: number): void;
  /** Ends the stack in order and starts it again. */
  restart(): Promise<void>;
  /** Ends it as kill -9 would, and starts it again. */
  killAndStart(): void;
  values(metric: string): number[];
}

/** A function named `worker` with its queue of asynchronous events, on a virtual clock. */
export async function withAsynchronousEvents(
  options: {
    readonly answer: Answer;
    /** Of the `AWS::Lambda::EventInvokeConfig`. */
    readonly config?: Record<string, unknown>;
    /** Of the function. */
    readonly properties?: Record<string, unknown>;
    readonly reservedConcurrency?: number;
  },
  act: (world: AsynchronousWorld) => Promise<void>,
): Promise<void> {
  const { answer, config, properties = {}, reservedConcurrency } = options;
  const clock = createVirtualClock(start);
  const stored = new Map<string, QueuedEvent>();
  const tries: Try[] = [];
  const records: AsynchronousWorld['records'] = [];
  const deadLetters: AsynchronousWorld['deadLetters'] = [];
  const metrics: MetricDatum[] = [];
  const events: AsynchronousEvent[] = [];
  const logs: string[] = [];
  let destinationFailures = 0;
  const deliver = () => {
    if (destinationFailures === 0) return;
    destinationFailures -= 1;
    throw new Error('The destination is not available');
  };
  /** As JSON brings it back. */
  const copy = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

  const begin = (): { queue: AsynchronousInvocation; kill: () => void } => {
    let isKilled = false;
    const never = () => new Promise<never>(() => {});
    const store: EventStore = {
      load: () => [...stored.values()].map(copy),
      save: (event) => {
        if (!isKilled) stored.set(event.requestId, copy(event));
      },
      remove: (requestId) => {
        if (!isKilled) stored.delete(requestId);
      },
    };
    const queue = startAsynchronousInvocation({
      configurations: asynchronousConfigurations(
        [{ functionName: 'worker', functionArn, properties }],
        config ? [{ FunctionName: 'worker', Qualifier: '$LATEST', ...config }] : [],
      ),
      invoke: async (_functionName, payload, { requestId }) => {
        if (isKilled) return never();
        tries.push({ at: clock.now() - start, payload: copy(payload), requestId });
        const result = await answer(tries.length, clock);
        return isKilled ? never() : result;
      },
      reservedConcurrencyOf: () => reservedConcurrency,
      destinations: {
        sendRecord: async (destination, record) => {
          if (isKilled) return never();
          deliver();
          records.push({ destination, record: copy(record) });
        },
        sendDeadLetter: async (destination, payload, attributes) => {
          if (isKilled) return never();
          deliver();
          deadLetters.push({ destination, payload: copy(payload), attributes: { ...attributes } });
        },
      },
      store,
      clock: { now: clock.now, sleep: (ms, signal) => (isKilled ? never() : clock.sleep(ms, signal)) },
      metrics: (datum) => metrics.push(datum),
      log: (_level, message) => logs.push(message),
      onEvent: (event) => events.push(event),
    });
    return {
      queue,
      kill: () => {
        isKilled = true;
      },
    };
  };

  let running = begin();
  const stop = async () => {
    let stopped = false;
    const stopping = running.queue.stop().then(() => {
      stopped = true;
    });
    await clock.until(() => stopped);
    await stopping;
  };
  try {
    await act({
      clock,
      tries,
      records,
      deadLetters,
      metrics,
      events,
      logs,
      stored,
      queue: () => running.queue,
      accept: (payload) => running.queue.accept('worker', payload),
      failDestinations: (times) => {
        destinationFailures = times;
      },
      restart: async () => {
        await stop();
        running = begin();
      },
      killAndStart: () => {
        running.kill();
        running = begin();
      },
      values: (metric) => metrics.filter(({ name }) => name === metric).map(({ value }) => value),
    });
  } finally {
    await stop();
  }
}
