import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '../clock.ts';
import type { EmittedMetric } from '../metrics/emitted.ts';
import type { MetricDatum, MetricSink } from '../metrics/metric.ts';
import type { EventSink } from '../trace/stack-event.ts';
import { newTraceHeader } from '../trace-header.ts';
import { embeddedMetrics } from './embedded-metrics.ts';
import { createEnvironmentPool, type EnvironmentPoolOptions, stoppedError } from './environment-pool.ts';
import type { EnvironmentOutcome } from './execution-environment.ts';
import type { FunctionDefinition } from './function-definition.ts';
import type { FunctionLogLine, FunctionLogSink } from './function-log.ts';
import type { InvocationResult } from './invocation.ts';
import type { InvocationFault } from './worker-protocol.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const maximumPayloadBytes = 6_291_556;

/** What a caller may choose of one invocation. */
export interface InvocationOptions {
  /** Default: a new UUID. */
  requestId?: string;
  /** JSON text, `context.clientContext` of the handler. */
  clientContext?: string;
  /** An X-Ray trace header. Default: a new, unsampled trace. */
  traceId?: string;
  /** Also gets the log lines of this invocation. */
  log?: FunctionLogSink;
}

export interface LambdaRuntimeOptions extends Partial<EnvironmentPoolOptions> {
  functions: readonly FunctionDefinition[];
  clock?: Clock;
  metrics: MetricSink;
  /** Every line that a function writes; the runtime prints nothing itself. */
  log: FunctionLogSink;
  /** Hears of every invocation that reaches an environment, and of how it ended. */
  onEvent?: EventSink;
  /** What is to go wrong in an invocation of this function. */
  faultOf?: (functionName: string) => InvocationFault | undefined;
  /** Concurrent executions of all functions together; more are throttled. Default 1,000 as on AWS. */
  accountConcurrency?: number;
}

export interface LambdaRuntime {
  /**
   * Runs a function synchronously. Resolves whatever the function does.
   * @throws {FunctionNotFoundError} when there is no such function
   */
  invoke(functionName: string, event: unknown, options?: InvocationOptions): Promise<InvocationResult>;
  /** The function as defined now. */
  find(functionName: string): FunctionDefinition | undefined;
  /** Invocations running or waiting for an environment: of one function, or of all. */
  invocationsInFlight(functionName?: string): number;
  /** Execution environments that exist: of one function, or of all. */
  environments(functionName?: string): number;
  /** New code in the same file: the next invocation loads it, running ones finish with the old. */
  reload(functionName: string): void;
  /** Ends the busy environments of a function, as a crash would. Resolves when they are gone, to how many there were. */
  crash(functionName: string): Promise<number>;
  /** New code or configuration; also adds a function that was not there. */
  replace(definition: FunctionDefinition): void;
  /** Ends every environment; what still runs fails with `Runtime.ExitError`. Resolves when all threads are gone. */
  stop(): Promise<void>;
}

export class FunctionNotFoundError extends Error {
  override name = 'ResourceNotFoundException';
}

/**
 * Runs built bundles as Lambda does: execution environments on demand, one invocation at a time in each, warm
 * ones used again (the most recently used first), function timeouts, memory limits, concurrency limits, logs
 * and metrics. An environment is a worker thread: what a function does to it ends that thread only.
 *
 * Not as on Lambda: an environment is not frozen between invocations; memory outside V8's heap is not bounded;
 * `TZ` is seen by the function but the thread keeps the time zone of the process.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
 */
export function createLambdaRuntime(options: LambdaRuntimeOptions): LambdaRuntime {
  const { clock = systemClock, metrics, onEvent, faultOf, accountConcurrency = 1000 } = options;
  const inFlight = new Map<string, number>();
  const logsOfInvocations = new Map<string, FunctionLogSink>();
  let stopped = false;

  const log = (line: FunctionLogLine) => {
    options.log(line);
    if (line.requestId !== undefined) logsOfInvocations.get(line.requestId)?.(line);
    if (line.stream !== 'platform') for (const datum of embeddedMetrics(line.line)) metrics(datum);
  };
  const measure = (
    functionName: string,
    name: EmittedMetric<'AWS/Lambda'>,
    value: number,
    unit: MetricDatum['unit'],
    timestamp = clock.now(),
  ) =>
    metrics({
      namespace: 'AWS/Lambda',
      name,
      dimensions: { FunctionName: functionName },
      value,
      unit,
      timestamp,
    });

  const pool = createEnvironmentPool({ ...options, clock, log });
  for (const definition of options.functions) pool.put(definition);

  const definitionOf = (functionName: string): FunctionDefinition => {
    const definition = pool.find(functionName);
    if (definition === undefined) throw new FunctionNotFoundError(`Function not found: ${functionName}`);
    return definition;
  };
  const inFlightOf = (functionName: string): number => inFlight.get(functionName) ?? 0;
  const count = (functionName: string, change: 1 | -1) =>
    inFlight.set(functionName, inFlightOf(functionName) + change);

  const isThrottled = ({ functionName, reservedConcurrency }: FunctionDefinition): boolean => {
    if (reservedConcurrency !== undefined) return inFlightOf(functionName) >= reservedConcurrency;
    let reserved = 0;
    let unreservedInFlight = 0;
    for (const definition of pool.definitions()) {
      if (definition.reservedConcurrency === undefined)
        unreservedInFlight += inFlightOf(definition.functionName);
      else reserved += definition.reservedConcurrency;
    }
    return unreservedInFlight >= accountConcurrency - reserved;
  };

  const invoke: LambdaRuntime['invoke'] = async (functionName, event, invocationOptions = {}) => {
    const definition = definitionOf(functionName);
    if (stopped) return toResult({ error: stoppedError });
    const eventText = JSON.stringify(event) ?? 'null';
    const tooLarge = excessOf(eventText);
    if (tooLarge !== undefined) {
      return {
        kind: 'error',
        errorType: 'RequestEntityTooLarge',
        errorMessage: `${tooLarge} byte payload is too large for the RequestResponse invocation type (limit ${maximumPayloadBytes} bytes)`,
      };
    }
    if (isThrottled(definition)) {
      measure(functionName, 'Throttles', 1, 'Count');
      return { kind: 'throttled' };
    }
    const {
      requestId = randomUUID(),
      traceId = newTraceHeader(clock.now()),
      clientContext = null,
    } = invocationOptions;
    count(functionName, 1);
    const invokedAt = clock.now();
    measure(functionName, 'ConcurrentExecutions', inFlightOf(functionName), 'Count');
    if (invocationOptions.log) logsOfInvocations.set(requestId, invocationOptions.log);
    onEvent?.({ kind: 'invoked', requestId, traceId, functionName, event: eventText, at: invokedAt });
    const fault = faultOf?.(functionName) ?? null;
    let ran: { milliseconds: number; isColdStart: boolean } | undefined;
    const outcome = await pool.run(
      functionName,
      { requestId, event: eventText, traceId, clientContext, fault },
      (end) => {
        ran = end;
        measure(functionName, 'Duration', end.milliseconds, 'Milliseconds');
      },
    );
    const result = toResult(outcome);
    onEvent?.({ kind: 'answered', requestId, result, at: clock.now(), ran, heapBytes: outcome.heapBytes });
    logsOfInvocations.delete(requestId);
    count(functionName, -1);
    measure(functionName, 'Invocations', 1, 'Count');
    // An error belongs to the minute in which the function was invoked, not to the one in which it failed.
    measure(functionName, 'Errors', result.kind === 'error' ? 1 : 0, 'Count', invokedAt);
    measure(functionName, 'Throttles', 0, 'Count');
    return result;
  };

  return {
    invoke,
    find: pool.find,
    invocationsInFlight: (functionName) =>
      functionName === undefined
        ? [...inFlight.values()].reduce((sum, count) => sum + count, 0)
        : inFlightOf(definitionOf(functionName).functionName),
    environments: (functionName) =>
      functionName === undefined ? pool.count() : pool.count(definitionOf(functionName).functionName),
    reload: (functionName) => pool.reload(definitionOf(functionName).functionName),
    crash: (functionName) => pool.crash(definitionOf(functionName).functionName),
    replace: pool.put,
    stop: () => {
      stopped = true;
      return pool.stop();
    },
  };
}

function toResult(outcome: EnvironmentOutcome): InvocationResult {
  if ('error' in outcome) return { kind: 'error', ...outcome.error };
  const tooLarge = excessOf(outcome.payload);
  if (tooLarge === undefined) return { kind: 'success', payload: JSON.parse(outcome.payload) };
  return {
    kind: 'error',
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size (${tooLarge} bytes) exceeded maximum allowed payload size (${maximumPayloadBytes} bytes).`,
  };
}

/** The size in bytes of a text that is over the limit. */
function excessOf(text: string): number | undefined {
  // A UTF-16 unit takes at most three bytes: most payloads need no count.
  if (text.length * 3 <= maximumPayloadBytes) return undefined;
  const bytes = Buffer.byteLength(text);
  return bytes > maximumPayloadBytes ? bytes : undefined;
}
