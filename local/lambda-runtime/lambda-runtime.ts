import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { type Clock, systemClock } from '#local/clock.ts';
import type { MetricDatum, MetricSink } from '#local/metrics/metric.ts';
import { newTraceHeader } from '#local/trace-header.ts';
import { createCpuIdleMeter } from './cpu-idle.ts';
import { embeddedMetrics } from './embedded-metrics.ts';
import {
  type EnvironmentOutcome,
  type ExecutionEnvironment,
  startExecutionEnvironment,
} from './execution-environment.ts';
import type { FunctionDefinition } from './function-definition.ts';
import type { FunctionLogLine, FunctionLogSink } from './function-log.ts';
import type { InvocationResult } from './invocation.ts';
import type { RuntimeError } from './worker-protocol.ts';

/** @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const maximumPayloadBytes = 6_291_556;

/**
 * How long an invocation waits, for each environment that its function has, before another one is started: about
 * what the start takes, so that a burst of quick invocations does not fill a small machine with cold starts.
 */
const patienceMilliseconds = 50;
/** The same while the cores are busy: another thread would only take turns with those that are there. */
const patienceOnBusyCoresMilliseconds = 1_000;
const busyCoresIdleShare = 0.2;

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

export interface LambdaRuntimeOptions {
  functions: readonly FunctionDefinition[];
  clock?: Clock;
  metrics: MetricSink;
  /** Every line that a function writes; the runtime prints nothing itself. */
  log: FunctionLogSink;
  /** Concurrent executions of all functions together; more are throttled. Default 1,000 as on AWS. */
  accountConcurrency?: number;
  /** Threads on this machine; an invocation beyond that waits instead. Default 32. */
  maximumEnvironments?: number;
  /** Threads that start at one time: each takes a core. Default: the machine's cores. */
  maximumStartingEnvironments?: number;
  /** An idle environment ends after this long. Default 5 minutes. */
  idleMilliseconds?: number;
  /** Keeps V8's compiled code of the bundles here, which makes cold starts shorter. Default: not kept. */
  compileCacheDirectory?: string;
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
  /** New code or configuration; also adds a function that was not there. */
  replace(definition: FunctionDefinition): void;
  /** Ends every environment; what still runs fails with `Runtime.ExitError`. Resolves when all threads are gone. */
  stop(): Promise<void>;
}

export class FunctionNotFoundError extends Error {
  override name = 'ResourceNotFoundException';
}

interface Waiting {
  order: number;
  /** On `performance.now()`. */
  since: number;
  start(environment: ExecutionEnvironment): void;
  fail(error: RuntimeError): void;
}

interface FunctionState {
  definition: FunctionDefinition;
  /** Counts up with every reload; environments of an older one are not used again. */
  generation: number;
  inFlight: number;
  waiting: Waiting[];
  starting: number;
  /** The most recently used at the end. */
  idle: { environment: ExecutionEnvironment; since: number }[];
  all: Set<ExecutionEnvironment>;
  /** When an environment was last started, in the order of all starts. */
  lastStart: number;
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
  const {
    clock = systemClock,
    metrics,
    accountConcurrency = 1000,
    maximumEnvironments = 32,
    maximumStartingEnvironments = availableParallelism(),
    idleMilliseconds = 300_000,
    compileCacheDirectory = null,
  } = options;
  const functions = new Map<string, FunctionState>();
  const logsOfInvocations = new Map<string, FunctionLogSink>();
  const stopping = new AbortController();
  const cpuIdle = createCpuIdleMeter();
  let order = 0;
  let inFlight = 0;
  let starting = 0;
  let lookAgain: NodeJS.Timeout | undefined;

  const log = (line: FunctionLogLine) => {
    options.log(line);
    if (line.requestId !== undefined) logsOfInvocations.get(line.requestId)?.(line);
    if (line.stream !== 'platform') for (const datum of embeddedMetrics(line.line)) metrics(datum);
  };
  const measure = (functionName: string, name: string, value: number, unit: MetricDatum['unit']) =>
    metrics({
      namespace: 'AWS/Lambda',
      name,
      dimensions: { FunctionName: functionName },
      value,
      unit,
      timestamp: clock.now(),
    });

  const stateOf = (functionName: string): FunctionState => {
    const state = functions.get(functionName);
    if (state === undefined) throw new FunctionNotFoundError(`Function not found: ${functionName}`);
    return state;
  };

  const replace = (definition: FunctionDefinition) => {
    const state = functions.get(definition.functionName);
    if (state !== undefined) {
      state.definition = definition;
      reload(definition.functionName);
      return;
    }
    functions.set(definition.functionName, {
      definition,
      generation: 0,
      inFlight: 0,
      waiting: [],
      starting: 0,
      idle: [],
      all: new Set(),
      lastStart: 0,
    });
  };
  const reload = (functionName: string) => {
    const state = stateOf(functionName);
    state.generation += 1;
    for (const { environment } of state.idle.splice(0)) void environment.terminate();
  };

  const environmentCount = () => {
    let count = 0;
    for (const { all } of functions.values()) count += all.size;
    return count;
  };
  const isThrottled = (state: FunctionState): boolean => {
    const reserved = state.definition.reservedConcurrency;
    if (reserved !== undefined) return state.inFlight >= reserved;
    let reservedTotal = 0;
    let unreservedInFlight = 0;
    for (const { definition, inFlight } of functions.values()) {
      if (definition.reservedConcurrency === undefined) unreservedInFlight += inFlight;
      else reservedTotal += definition.reservedConcurrency;
    }
    return unreservedInFlight >= accountConcurrency - reservedTotal;
  };

  /**
   * The function that is to get the next environment: one that has none comes before one that wants more, and
   * of those the one that was last given one longest ago; else the longest waiting invocation decides.
   */
  const mostUrgent = (): FunctionState | undefined => {
    const patience = cpuIdle() < busyCoresIdleShare ? patienceOnBusyCoresMilliseconds : patienceMilliseconds;
    const now = performance.now();
    let found: FunctionState | undefined;
    let rank = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
    for (const state of functions.values()) {
      // Each environment that starts will take one of those that wait.
      const next = state.waiting[state.starting];
      if (next === undefined) continue;
      if (state.all.size > state.starting && now - next.since < patience * state.all.size) {
        lookAgain ??= setTimeout(() => {
          lookAgain = undefined;
          schedule();
        }, patienceMilliseconds);
        continue;
      }
      const own = state.all.size === 0 ? ([0, state.lastStart] as const) : ([1, next.order] as const);
      if (own[0] > rank[0] || (own[0] === rank[0] && own[1] >= rank[1])) continue;
      found = state;
      rank = own;
    }
    return found;
  };
  /** Ends the environment that has been idle longest, of whichever function, to make room for another. */
  const evictIdle = () => {
    let oldest: FunctionState | undefined;
    for (const state of functions.values()) {
      const since = state.idle[0]?.since ?? Number.POSITIVE_INFINITY;
      if (since < (oldest?.idle[0]?.since ?? Number.POSITIVE_INFINITY)) oldest = state;
    }
    void oldest?.idle.shift()?.environment.terminate();
  };
  const isEnding = (): boolean => {
    for (const { all } of functions.values()) {
      for (const environment of all) if (!environment.alive) return true;
    }
    return false;
  };

  /** Starts as many environments as waiting invocations need and the machine allows. */
  const schedule = () => {
    while (!stopping.signal.aborted && starting < maximumStartingEnvironments) {
      const state = mostUrgent();
      if (state === undefined) return;
      if (environmentCount() >= maximumEnvironments) {
        // Its place is free when its thread is gone; that schedules again.
        if (!isEnding()) evictIdle();
        return;
      }
      void startEnvironment(state);
    }
  };
  const startEnvironment = async (state: FunctionState) => {
    const { generation } = state;
    starting += 1;
    state.starting += 1;
    order += 1;
    state.lastStart = order;
    const environment = startExecutionEnvironment({
      definition: state.definition,
      clock,
      log,
      compileCacheDirectory,
    });
    state.all.add(environment);
    void environment.ended.then(() => {
      state.all.delete(environment);
      state.idle = state.idle.filter((idle) => idle.environment !== environment);
      schedule();
    });
    const error = await environment.initialized;
    starting -= 1;
    state.starting -= 1;
    if (error === undefined) assign(state, environment, generation);
    // With new code already there, the failure of the old concerns nobody.
    else if (generation === state.generation) state.waiting.shift()?.fail(error);
    schedule();
  };
  /** The environment has ended an invocation: keeps it, unless the machine is full and others have none. */
  const release = (state: FunctionState, environment: ExecutionEnvironment, generation: number) => {
    if (isWantedByOthers(state)) void environment.terminate();
    else assign(state, environment, generation);
  };
  /** Gives the environment the next invocation, or lets it idle, or ends one whose code is old. */
  const assign = (state: FunctionState, environment: ExecutionEnvironment, generation: number) => {
    if (!environment.alive) return;
    if (generation !== state.generation || stopping.signal.aborted) {
      void environment.terminate();
      return;
    }
    const next = state.waiting.shift();
    if (next === undefined) state.idle.push({ environment, since: clock.now() });
    else next.start(environment);
    schedule();
  };
  /** On a full machine a busy function must not keep another from ever getting an environment. */
  const isWantedByOthers = (state: FunctionState): boolean => {
    if (environmentCount() < maximumEnvironments) return false;
    for (const other of functions.values()) {
      if (other !== state && other.all.size === 0 && other.waiting.length > 0) return true;
    }
    return false;
  };

  const takeWarm = (state: FunctionState): ExecutionEnvironment | undefined => {
    for (;;) {
      const environment = state.idle.pop()?.environment;
      if (environment === undefined || environment.alive) return environment;
    }
  };

  const execute = (
    state: FunctionState,
    invocation: { requestId: string; event: string; traceId: string; clientContext: string | null },
  ): Promise<EnvironmentOutcome> => {
    const { promise, resolve } = Promise.withResolvers<EnvironmentOutcome>();
    const start = (environment: ExecutionEnvironment) => {
      const { generation } = state;
      const began = performance.now();
      void environment.invoke(invocation).then((outcome) => {
        measure(state.definition.functionName, 'Duration', performance.now() - began, 'Milliseconds');
        resolve(outcome);
        release(state, environment, generation);
      });
    };
    const warm = takeWarm(state);
    if (warm !== undefined) start(warm);
    else {
      order += 1;
      const fail = (error: RuntimeError) => resolve({ error });
      state.waiting.push({ order, since: performance.now(), start, fail });
      schedule();
    }
    return promise;
  };

  const invoke: LambdaRuntime['invoke'] = async (functionName, event, invocationOptions = {}) => {
    const state = stateOf(functionName);
    if (stopping.signal.aborted) return toResult({ error: stoppedError });
    const eventText = JSON.stringify(event) ?? 'null';
    const tooLarge = excessOf(eventText);
    if (tooLarge !== undefined) {
      return {
        kind: 'error',
        errorType: 'RequestEntityTooLarge',
        errorMessage: `${tooLarge} byte payload is too large for the RequestResponse invocation type (limit ${maximumPayloadBytes} bytes)`,
      };
    }
    if (isThrottled(state)) {
      measure(functionName, 'Throttles', 1, 'Count');
      return { kind: 'throttled' };
    }
    const {
      requestId = randomUUID(),
      traceId = newTraceHeader(clock.now()),
      clientContext = null,
    } = invocationOptions;
    state.inFlight += 1;
    inFlight += 1;
    measure(functionName, 'ConcurrentExecutions', state.inFlight, 'Count');
    if (invocationOptions.log) logsOfInvocations.set(requestId, invocationOptions.log);
    const outcome = await execute(state, { requestId, event: eventText, traceId, clientContext });
    const result = toResult(outcome);
    logsOfInvocations.delete(requestId);
    state.inFlight -= 1;
    inFlight -= 1;
    measure(functionName, 'Invocations', 1, 'Count');
    measure(functionName, 'Errors', result.kind === 'error' ? 1 : 0, 'Count');
    measure(functionName, 'Throttles', 0, 'Count');
    return result;
  };

  const reapIdle = async () => {
    while (!stopping.signal.aborted) {
      await clock.sleep(idleMilliseconds / 2, stopping.signal);
      const expired = clock.now() - idleMilliseconds;
      for (const state of functions.values()) {
        while ((state.idle[0]?.since ?? Number.POSITIVE_INFINITY) <= expired) {
          void state.idle.shift()?.environment.terminate();
        }
      }
    }
  };

  for (const definition of options.functions) replace(definition);
  void reapIdle();

  return {
    invoke,
    find: (functionName) => functions.get(functionName)?.definition,
    invocationsInFlight: (functionName) =>
      functionName === undefined ? inFlight : stateOf(functionName).inFlight,
    environments: (functionName) =>
      functionName === undefined ? environmentCount() : stateOf(functionName).all.size,
    reload,
    replace,
    stop: async () => {
      stopping.abort();
      clearTimeout(lookAgain);
      const states = [...functions.values()];
      for (const { waiting } of states) for (const { fail } of waiting.splice(0)) fail(stoppedError);
      await Promise.all(
        states
          .flatMap(({ all }) => [...all])
          .map(async (environment) => {
            await environment.terminate();
            await environment.ended;
          }),
      );
    },
  };
}

const stoppedError: RuntimeError = {
  errorType: 'Runtime.ExitError',
  errorMessage: 'Error: Runtime exited with error: signal: terminated',
  trace: [],
};

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
