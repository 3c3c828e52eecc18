import { availableParallelism } from 'node:os';
import type { Clock } from '../clock.ts';
import { createCpuIdleMeter } from './cpu-idle.ts';
import {
  type EnvironmentOutcome,
  type ExecutionEnvironment,
  startExecutionEnvironment,
} from './execution-environment.ts';
import type { FunctionDefinition } from './function-definition.ts';
import type { FunctionLogSink } from './function-log.ts';
import type { RuntimeError, WorkerInvocation } from './worker-protocol.ts';

/**
 * How long an invocation waits, for each environment that its function has, before another one is started: at first
 * about what the start takes, so that a burst of quick invocations does not fill a small machine with cold starts.
 * A function that could keep every core busy with those that it has is not given another until it is known whether the
 * cores are busy. While they are, another thread would only take turns with those that are there, and take memory; it is
 * started all the same in the end, since those that are there may be waiting for something.
 */
const patienceMilliseconds = {
  idleCores: { fewEnvironments: 50, enoughEnvironments: 100 },
  busyCores: { fewEnvironments: 1_000, enoughEnvironments: 5_000 },
};
const busyCoresIdleShare = 0.2;
const cores = availableParallelism();
/** The interval of the checks whether a caller has waited long enough. */
const lookMilliseconds = 50;

export const stoppedError: RuntimeError = {
  errorType: 'Runtime.ExitError',
  errorMessage: 'Error: Runtime exited with error: signal: terminated',
  trace: [],
};

interface Waiting {
  order: number;
  /** On `performance.now()`. */
  since: number;
  start(environment: ExecutionEnvironment): void;
  fail(error: RuntimeError): void;
}

interface PooledFunction {
  definition: FunctionDefinition;
  /** Counts up with every reload; environments of an older one are not used again. */
  generation: number;
  waiting: Waiting[];
  starting: number;
  /** The most recently used at the end. */
  idle: { environment: ExecutionEnvironment; since: number }[];
  all: Set<ExecutionEnvironment>;
  /** When an environment was last started, in the order of all starts. */
  lastStart: number;
}

export interface EnvironmentPoolOptions {
  clock: Clock;
  log: FunctionLogSink;
  /** Threads on this machine; an invocation beyond that waits instead. Default 32. */
  maximumEnvironments?: number;
  /** Threads that start at one time: each takes a core. Default: the machine's cores. */
  maximumStartingEnvironments?: number;
  /** An idle environment ends after this long. Default 5 minutes. */
  idleMilliseconds?: number;
  /** Keeps V8's compiled code of the bundles here, which makes cold starts shorter. Default: not kept. */
  compileCacheDirectory?: string;
}

/** The execution environments of every function: which there are, and which invocation gets which. */
export interface EnvironmentPool {
  /** Adds a function, or gives it new code or configuration. */
  put(definition: FunctionDefinition): void;
  find(functionName: string): FunctionDefinition | undefined;
  definitions(): FunctionDefinition[];
  /** New code in the same file: idle environments end, busy ones finish with the old. */
  reload(functionName: string): void;
  /** Ends the environments that run an invocation: it fails. Resolves when they are gone, to how many there were. */
  crash(functionName: string): Promise<number>;
  /**
   * Runs an invocation in a warm environment, or in a new one, or waits for either. Never rejects.
   * @param onEnd called with the duration of the handler, and whether it was the first invocation of its environment
   */
  run(
    functionName: string,
    invocation: Omit<WorkerInvocation, 'remainingMilliseconds'>,
    onEnd: (ran: { milliseconds: number; isColdStart: boolean }) => void,
  ): Promise<EnvironmentOutcome>;
  /** Environments that exist: of one function, or of all. */
  count(functionName?: string): number;
  /** Ends every environment and fails what waits. Resolves when all threads are gone. */
  stop(): Promise<void>;
}

/** @throws nothing; asking for a function that was never put is a defect of the caller */
export function createEnvironmentPool(options: EnvironmentPoolOptions): EnvironmentPool {
  const {
    clock,
    log,
    maximumEnvironments = 32,
    maximumStartingEnvironments = cores,
    idleMilliseconds = 300_000,
    compileCacheDirectory = null,
  } = options;
  const functions = new Map<string, PooledFunction>();
  const stopping = new AbortController();
  const cpuIdle = createCpuIdleMeter();
  const used = new WeakSet<ExecutionEnvironment>();
  let order = 0;
  let starting = 0;
  let lookAgain: NodeJS.Timeout | undefined;

  const pooled = (functionName: string): PooledFunction => {
    const state = functions.get(functionName);
    if (state === undefined) throw new Error(`the environment pool has no function ${functionName}`);
    return state;
  };

  const put = (definition: FunctionDefinition) => {
    const state = functions.get(definition.functionName);
    if (state !== undefined) {
      state.definition = definition;
      reload(definition.functionName);
      return;
    }
    functions.set(definition.functionName, {
      definition,
      generation: 0,
      waiting: [],
      starting: 0,
      idle: [],
      all: new Set(),
      lastStart: 0,
    });
  };
  const reload = (functionName: string) => {
    const state = pooled(functionName);
    state.generation += 1;
    for (const { environment } of state.idle.splice(0)) void environment.terminate();
  };

  const environmentCount = () => {
    let count = 0;
    for (const { all } of functions.values()) count += all.size;
    return count;
  };

  const crash = async (functionName: string): Promise<number> => {
    const busy = [...pooled(functionName).all].filter((environment) => environment.busy);
    await Promise.all(busy.map((environment) => environment.terminate()));
    return busy.length;
  };

  /**
   * The function that is to get the next environment: one that has none comes before one that wants more, and
   * of those the one that was last given one longest ago; else the longest waiting invocation decides.
   */
  const mostUrgent = (): PooledFunction | undefined => {
    const patience = patienceMilliseconds[cpuIdle() < busyCoresIdleShare ? 'busyCores' : 'idleCores'];
    const patienceOf = ({ all }: PooledFunction): number =>
      all.size * (all.size < cores ? patience.fewEnvironments : patience.enoughEnvironments);
    const now = performance.now();
    let found: PooledFunction | undefined;
    let rank = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
    for (const state of functions.values()) {
      // Each environment that starts will take one of those that wait.
      const next = state.waiting[state.starting];
      if (next === undefined) continue;
      if (state.all.size > state.starting && now - next.since < patienceOf(state)) {
        lookAgain ??= setTimeout(() => {
          lookAgain = undefined;
          schedule();
        }, lookMilliseconds);
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
    let oldest: PooledFunction | undefined;
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
  const startEnvironment = async (state: PooledFunction) => {
    const { generation } = state;
    starting += 1;
    state.starting += 1;
    order += 1;
    state.lastStart = order;
    let environment = addEnvironment(state, false);
    let initialization = await environment.initialized;
    if (initialization.outcome === 'timed out' && !stopping.signal.aborted) {
      environment = addEnvironment(state, true);
      initialization = await environment.initialized;
    }
    starting -= 1;
    state.starting -= 1;
    if (initialization.outcome === 'ready') assign(state, environment, generation);
    // Once there is newer code, the failure of the old one does not matter.
    else if (generation === state.generation) state.waiting.shift()?.fail(initialization.error);
    schedule();
  };
  const addEnvironment = (state: PooledFunction, isWithinInvocation: boolean): ExecutionEnvironment => {
    const environment = startExecutionEnvironment({
      definition: state.definition,
      clock,
      log,
      compileCacheDirectory,
      isWithinInvocation,
    });
    state.all.add(environment);
    void environment.ended.then(() => {
      state.all.delete(environment);
      state.idle = state.idle.filter((idle) => idle.environment !== environment);
      schedule();
    });
    return environment;
  };
  /** The environment has ended an invocation: keeps it, unless the machine is full and others have none. */
  const release = (state: PooledFunction, environment: ExecutionEnvironment, generation: number) => {
    if (isWantedByOthers(state)) void environment.terminate();
    else assign(state, environment, generation);
  };
  /** Gives the environment the next invocation, or lets it idle, or ends one whose code is old. */
  const assign = (state: PooledFunction, environment: ExecutionEnvironment, generation: number) => {
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
  const isWantedByOthers = (state: PooledFunction): boolean => {
    if (environmentCount() < maximumEnvironments) return false;
    for (const other of functions.values()) {
      if (other !== state && other.all.size === 0 && other.waiting.length > 0) return true;
    }
    return false;
  };

  const takeWarm = (state: PooledFunction): ExecutionEnvironment | undefined => {
    for (;;) {
      const environment = state.idle.pop()?.environment;
      if (environment === undefined || environment.alive) return environment;
    }
  };

  const run: EnvironmentPool['run'] = (functionName, invocation, onEnd) => {
    const state = pooled(functionName);
    const { promise, resolve } = Promise.withResolvers<EnvironmentOutcome>();
    const start = (environment: ExecutionEnvironment) => {
      const { generation } = state;
      const isColdStart = !used.has(environment);
      used.add(environment);
      const began = performance.now();
      void environment.invoke(invocation).then((outcome) => {
        onEnd({ milliseconds: performance.now() - began, isColdStart });
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

  void reapIdle();

  return {
    put,
    find: (functionName) => functions.get(functionName)?.definition,
    definitions: () => [...functions.values()].map(({ definition }) => definition),
    reload,
    crash,
    run,
    count: (functionName) =>
      functionName === undefined ? environmentCount() : pooled(functionName).all.size,
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
