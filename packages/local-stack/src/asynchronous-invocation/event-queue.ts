import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { InvocationResult } from '../lambda-runtime/invocation.ts';
import type { EmittedMetric } from '../metrics/emitted.ts';
import type { MetricDatum, MetricSink } from '../metrics/metric.ts';
import { type AsynchronousConfiguration, type Destination, functionNameIn } from './configuration.ts';
import type { Destinations } from './destinations.ts';
import type { EventStore, QueuedEvent } from './event-store.ts';
import type { AsynchronousEvent } from './events.ts';
import {
  type Condition,
  deadLetterAttributes,
  invocationRecord,
  type LastResult,
} from './invocation-record.ts';

/** Waits before the first and the second retry of a function that failed. */
const RETRY_MS = [60_000, 120_000];
/** Between tries that Lambda itself could not make, doubling. */
const SETBACK_MS = { first: 1_000, most: 300_000 };
/** AWS does not say how often it tries a destination. */
const DESTINATION_WAITS_MS = [1_000, 2_000];

export interface AsynchronousInvocationOptions {
  readonly configurations: readonly AsynchronousConfiguration[];
  /** Runs a function. @throws when it cannot be reached */
  readonly invoke: (
    functionName: string,
    event: unknown,
    options: { readonly requestId: string },
  ) => Promise<InvocationResult>;
  /** The function's reserved concurrency, asked at each try. */
  readonly reservedConcurrencyOf: (functionName: string) => number | undefined;
  readonly destinations: Destinations;
  readonly store: EventStore;
  readonly clock: Clock;
  readonly metrics: MetricSink;
  readonly log: (level: 'warn' | 'error', message: string) => void;
  readonly onEvent?: (event: AsynchronousEvent) => void;
}

/** The queues in which Lambda keeps the asynchronous events of functions. */
export interface AsynchronousInvocation {
  /**
   * Takes an event for a function, as `InvocationType: Event` does, and returns once it would survive a kill.
   * @param reference the function's name or ARN
   * @param options.sender the ARN of the rule or schedule that sent it, for people
   * @returns the request id of the invocation
   * @throws {UnknownFunction}
   */
  accept(
    reference: string,
    payload: unknown,
    options?: { readonly requestId?: string; readonly sender?: string },
  ): string;
  /** Events that are at the function or wait for another try: of one function, or of all. */
  pending(functionName?: string): readonly QueuedEvent[];
  /**
   * Starts nothing new, waits up to `graceMs` for events at the function, then leaves them: what did not end is tried
   * again by the next start.
   */
  stop(graceMs?: number): Promise<void>;
}

export class UnknownFunction extends Error {
  override name = 'ResourceNotFoundException';
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/**
 * Keeps asynchronous events and runs the functions with them: at once; again after one and two minutes when the function
 * failed; again and again, up to five minutes apart, when it was throttled or could not be reached; until it is too old.
 * Sends the result of each event to the function's destinations. Continues with events that an earlier start left.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export const startAsynchronousInvocation = (
  options: AsynchronousInvocationOptions,
): AsynchronousInvocation => {
  const { invoke, reservedConcurrencyOf, destinations, store, clock, metrics, log } = options;
  const configurations = new Map(options.configurations.map((one) => [one.functionName, one]));
  const queued = new Map<string, QueuedEvent>();
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();

  const measure = (
    functionName: string,
    name: EmittedMetric<'AWS/Lambda'>,
    value: number,
    unit: MetricDatum['unit'] = 'Count',
  ) =>
    metrics({
      namespace: 'AWS/Lambda',
      name,
      dimensions: { FunctionName: functionName },
      value,
      unit,
      timestamp: clock.now(),
    });

  const tell = (event: AsynchronousEvent) => options.onEvent?.(event);

  const keep = (event: QueuedEvent): QueuedEvent => {
    queued.set(event.requestId, event);
    store.save(event);
    return event;
  };

  /** The event has been put back until its next try: in the store, too. */
  const putBack = async (
    event: QueuedEvent,
    because: Extract<AsynchronousEvent, { type: 'put back' }>['because'],
    detail: string,
    { maximumEventAgeMs }: AsynchronousConfiguration,
  ): Promise<QueuedEvent> => {
    const wait =
      because === 'error'
        ? (RETRY_MS[event.invocations - 1] ?? 0)
        : Math.min(SETBACK_MS.first * 2 ** (event.setbacks - 1), SETBACK_MS.most);
    // It is given up when it is too old, not at the try that would come after.
    const nextAt = Math.min(clock.now() + wait, event.acceptedAt + maximumEventAgeMs);
    const { requestId, functionName } = event;
    const kept = keep({ ...event, nextAt });
    tell({ type: 'put back', requestId, functionName, because, detail, nextAt });
    await clock.sleep(nextAt - clock.now(), stopping.signal);
    return kept;
  };

  /** Sends something to a destination. @returns why it could not */
  const sent = async (send: () => Promise<void>): Promise<string | undefined> => {
    for (const wait of [...DESTINATION_WAITS_MS, undefined]) {
      try {
        await send();
        return undefined;
      } catch (error) {
        if (wait === undefined) return messageOf(error);
        await clock.sleep(wait, stopping.signal);
      }
    }
    return undefined;
  };

  const end = async (
    event: QueuedEvent,
    configuration: AsynchronousConfiguration,
    condition: Condition,
    result: LastResult,
  ): Promise<void> => {
    const { requestId, functionName, payload } = event;
    const { functionArn, onSuccess, onFailure, deadLetters } = configuration;
    const told: { arn: string; error?: string }[] = [];
    const note = ({ arn }: Destination, failed: EmittedMetric<'AWS/Lambda'>, error: string | undefined) => {
      told.push({ arn, ...(error !== undefined && { error }) });
      if (error === undefined) return;
      measure(functionName, failed, 1);
      log(
        'error',
        `${functionName}: what became of event ${requestId} could not be told to ${arn}: ${error}`,
      );
    };
    if (condition !== 'Success' && deadLetters) {
      const attributes = deadLetterAttributes(requestId, result);
      const error = await sent(() => destinations.sendDeadLetter(deadLetters, payload, attributes));
      note(deadLetters, 'DeadLetterErrors', error);
    }
    const destination = condition === 'Success' ? onSuccess : onFailure;
    if (destination) {
      const record = invocationRecord(event, functionArn, condition, result, clock.now());
      const error = await sent(() => destinations.sendRecord(destination, record));
      note(destination, 'DestinationDeliveryFailures', error);
    }
    // The next start has another try.
    if (stopping.signal.aborted && told.some(({ error }) => error !== undefined)) return;
    if (condition !== 'Success') {
      measure(functionName, 'AsyncEventsDropped', 1);
      if (told.length === 0) log('warn', `${functionName}: event ${requestId} is lost (${condition})`);
    }
    queued.delete(requestId);
    store.remove(requestId);
    tell({ type: 'ended', requestId, functionName, condition, sent: told });
  };

  const attempt = async ({ functionName, payload, requestId }: QueuedEvent) => {
    try {
      return await invoke(functionName, payload, { requestId });
    } catch (error) {
      return { kind: 'unreachable', detail: messageOf(error) } as const;
    }
  };

  const process = async (taken: QueuedEvent, configuration: AsynchronousConfiguration): Promise<void> => {
    let event = taken;
    let last: LastResult;
    await clock.sleep(event.nextAt - clock.now(), stopping.signal);
    while (!stopping.signal.aborted) {
      const { functionName } = event;
      const age = clock.now() - event.acceptedAt;
      if (age >= configuration.maximumEventAgeMs)
        return await end(event, configuration, 'EventAgeExceeded', last);
      if (reservedConcurrencyOf(functionName) === 0)
        return await end(event, configuration, 'ZeroReservedConcurrency', last);
      measure(functionName, 'AsyncEventAge', age, 'Milliseconds');
      const result = await attempt(event);
      if (result.kind === 'throttled' || result.kind === 'unreachable') {
        const detail = 'detail' in result ? result.detail : 'Rate Exceeded.';
        if (result.kind === 'unreachable') log('warn', `${functionName}: cannot be invoked: ${detail}`);
        const setbacks = event.setbacks + 1;
        event = await putBack({ ...event, setbacks }, result.kind, detail, configuration);
        continue;
      }
      // The stack ended the function, not the function itself: the next start begins this try again.
      if (result.kind === 'error' && stopping.signal.aborted) return;
      last = result;
      event = { ...event, invocations: event.invocations + 1, setbacks: 0 };
      if (result.kind === 'success') return await end(event, configuration, 'Success', result);
      if (event.invocations > configuration.maximumRetryAttempts)
        return await end(event, configuration, 'RetriesExhausted', result);
      event = await putBack(event, 'error', `${result.errorType}: ${result.errorMessage}`, configuration);
    }
  };

  const begin = (event: QueuedEvent, configuration: AsynchronousConfiguration) => {
    queued.set(event.requestId, event);
    const running = process(event, configuration)
      .catch((error: unknown) => {
        // It could not be written; the file of before is still there for the next start.
        queued.delete(event.requestId);
        log(
          'error',
          `${event.functionName}: event ${event.requestId} waits for a restart: ${messageOf(error)}`,
        );
      })
      .finally(() => underWay.delete(running));
    underWay.add(running);
  };

  for (const event of store.load()) {
    const configuration = configurations.get(event.functionName);
    if (configuration) begin(event, configuration);
    else log('warn', `${event.functionName}: is gone, and with it its asynchronous event ${event.requestId}`);
  }

  return {
    accept: (reference, payload, { requestId = randomUUID(), sender } = {}) => {
      const functionName = functionNameIn(reference);
      const configuration = configurations.get(functionName);
      if (!configuration) throw new UnknownFunction(`Function not found: ${reference}`);
      const now = clock.now();
      const event = keep({
        ...{ requestId, functionName, payload, acceptedAt: now, invocations: 0, setbacks: 0, nextAt: now },
      });
      measure(functionName, 'AsyncEventsReceived', 1);
      tell({ type: 'accepted', requestId, functionName, ...(sender !== undefined && { sender }) });
      begin(event, configuration);
      return requestId;
    },
    pending: (functionName) =>
      [...queued.values()].filter(
        (event) => functionName === undefined || event.functionName === functionName,
      ),
    stop: async (graceMs = 10_000) => {
      stopping.abort();
      const waited = new AbortController();
      const inTime = await Promise.race([
        Promise.all(underWay).then(() => true),
        clock.sleep(graceMs, waited.signal).then(() => false),
      ]);
      waited.abort();
      if (!inTime) log('warn', 'stopped with asynchronous events still at their functions');
    },
  };
};
