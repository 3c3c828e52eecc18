import { randomUUID } from 'node:crypto';
import { types } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../clock.ts';
import { environmentOf, type FunctionDefinition, handlerString } from './function-definition.ts';
import type { FunctionLogSink } from './function-log.ts';
import type { RuntimeError, WorkerInvocation, WorkerReport, WorkerStart } from './worker-protocol.ts';

/** What an invocation came to inside its environment. */
export type EnvironmentOutcome = ({ payload: string } | { error: RuntimeError }) & {
  /** In the heap when the handler had ended; absent when the thread was lost. */
  heapBytes?: number;
};

export type Initialization =
  | { readonly outcome: 'ready' }
  | { readonly outcome: 'failed' | 'timed out'; readonly error: RuntimeError };

/** A worker thread that holds one loaded copy of a function and runs one invocation at a time. */
export interface ExecutionEnvironment {
  /** Resolves when the handler is loaded, or when that failed or took too long. Never rejects. */
  readonly initialized: Promise<Initialization>;
  /** Resolves when the thread has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** False from the moment the thread is lost or being terminated. */
  readonly alive: boolean;
  /** Whether an invocation runs in it. */
  readonly busy: boolean;
  /** Only when initialized and not busy. Never rejects: a lost thread is an error of the invocation. */
  invoke(invocation: Omit<WorkerInvocation, 'remainingMilliseconds'>): Promise<EnvironmentOutcome>;
  terminate(): Promise<void>;
}

/** How long the initialization may take outside the time of an invocation. */
const INITIALIZATION_MS = 10_000;

/**
 * Room for new objects. A larger one is filled before it is collected, by each environment; 16 MB cost 1 to 2 % of a post's
 * CPU and take 100 MB off the stack.
 */
const youngGenerationMb = 16;

/**
 * V8 needs room of its own that a 128 MB function does have on Lambda, where the limit counts other things;
 * buffers are outside V8's heap and are not bounded.
 */
const resourceLimitsOf = (memoryMegabytes: number) => ({
  maxOldGenerationSizeMb: Math.max(memoryMegabytes, 96),
  maxYoungGenerationSizeMb: youngGenerationMb,
});

/**
 * Starts an execution environment; at most `timeoutSeconds` for each invocation, after which the thread is
 * terminated, whatever it is doing. The initialization has 10 s.
 * @param options.isWithinInvocation the initialization is a second one: it takes its time from the first invocation
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export function startExecutionEnvironment(options: {
  definition: FunctionDefinition;
  clock: Clock;
  log: FunctionLogSink;
  compileCacheDirectory: string | null;
  isWithinInvocation?: boolean;
}): ExecutionEnvironment {
  const { definition, clock, log, isWithinInvocation = false } = options;
  const { functionName, timeoutSeconds } = definition;
  const logStreamName = logStream(clock.now());
  const environment = environmentOf(definition, logStreamName);
  const { NODE_OPTIONS: nodeOptions, ...env } = environment;
  const worker = new Worker(new URL('./worker.cjs', import.meta.url), {
    name: functionName,
    env,
    execArgv: ['--no-warnings'],
    stdout: true,
    stderr: true,
    resourceLimits: resourceLimitsOf(definition.memoryMegabytes),
    workerData: {
      handlerFile: definition.handlerFile,
      handlerExport: definition.handlerExport,
      handler: handlerString(definition),
      invokedFunctionArn: definition.functionArn,
      nodeOptions: nodeOptions ?? null,
      compileCacheDirectory: options.compileCacheDirectory,
    } satisfies WorkerStart,
  });

  let alive = true;
  let requestId: string | undefined;
  let lastError: RuntimeError | undefined;
  let settleInvocation: ((outcome: EnvironmentOutcome) => void) | undefined;
  const initialization = Promise.withResolvers<Initialization>();
  const startedAt = clock.now();
  let invocationMilliseconds = timeoutSeconds * 1000;
  const end = Promise.withResolvers<void>();
  const initializationTimer = new AbortController();

  const emit = (stream: 'stdout' | 'stderr' | 'platform', id: string | null, line: string) =>
    log({
      functionName,
      logStreamName,
      stream,
      line,
      timestamp: clock.now(),
      ...(id === null ? {} : { requestId: id }),
    });
  const settle = (outcome: EnvironmentOutcome) => {
    const resolve = settleInvocation;
    settleInvocation = undefined;
    requestId = undefined;
    resolve?.(outcome);
  };
  /** The environment is lost: its callers are notified at once, before the thread has ended. */
  const lose = (error: RuntimeError, outcome: 'failed' | 'timed out' = 'failed') => {
    alive = false;
    initializationTimer.abort();
    initialization.resolve({ outcome, error });
    settle({ error });
  };
  const terminate = async () => {
    lose(exitError(requestId, 'signal: terminated'));
    await worker.terminate();
  };
  const timeOut = (id: string) => {
    const error = timeoutError(clock.now(), id, timeoutSeconds);
    emit('platform', id, error.errorMessage);
    lose(error, 'timed out');
    void worker.terminate();
  };

  worker.on('message', (message: WorkerReport) => {
    switch (message.type) {
      case 'initialized':
        initializationTimer.abort();
        if (isWithinInvocation) invocationMilliseconds -= clock.now() - startedAt;
        initialization.resolve({ outcome: 'ready' });
        break;
      case 'initFailed':
      case 'fatal':
        lose(message.error);
        break;
      case 'signalled':
        lose(exitError(requestId, message.status));
        break;
      case 'succeeded':
        settle({ payload: message.payload, heapBytes: message.heapBytes });
        break;
      case 'failed':
        settle({ error: message.error, heapBytes: message.heapBytes });
        break;
      case 'log':
        for (const line of message.lines) emit(message.stream, message.requestId, line);
        break;
    }
  });
  worker.on('error', (error) => {
    lastError = toWorkerError(error, requestId, definition.memoryMegabytes);
    emit('platform', requestId ?? null, lastError.errorMessage);
    lose(lastError);
  });
  worker.on('exit', (exitCode) => {
    lose(lastError ?? exitError(requestId, exitCode === 0 ? undefined : `exit status ${exitCode}`));
    end.resolve();
  });
  // Written by native code past the worker's own streams; unread they would fill memory.
  worker.stdout.on('data', (chunk: Buffer) => emit('stdout', null, chunk.toString().trimEnd()));
  worker.stderr.on('data', (chunk: Buffer) => emit('stderr', null, chunk.toString().trimEnd()));

  const initializationLimit = isWithinInvocation ? invocationMilliseconds : INITIALIZATION_MS;
  void clock.sleep(initializationLimit, initializationTimer.signal).then(() => {
    if (!initializationTimer.signal.aborted) timeOut(randomUUID());
  });

  return {
    initialized: initialization.promise,
    ended: end.promise,
    get alive() {
      return alive;
    },
    get busy() {
      return alive && settleInvocation !== undefined;
    },
    invoke: (invocation) => {
      if (!alive || settleInvocation !== undefined) {
        return Promise.resolve({ error: exitError(invocation.requestId, 'environment not available') });
      }
      const { promise, resolve } = Promise.withResolvers<EnvironmentOutcome>();
      const timer = new AbortController();
      requestId = invocation.requestId;
      settleInvocation = (outcome) => {
        timer.abort();
        resolve(outcome);
      };
      const milliseconds = invocationMilliseconds;
      invocationMilliseconds = timeoutSeconds * 1000;
      void clock.sleep(milliseconds, timer.signal).then(() => {
        if (!timer.signal.aborted) timeOut(invocation.requestId);
      });
      worker.postMessage({ ...invocation, remainingMilliseconds: milliseconds } satisfies WorkerInvocation);
      return promise;
    },
    terminate,
  };
}

function logStream(now: number): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[$LATEST]${randomUUID().replaceAll('-', '')}`;
}

function timeoutError(now: number, requestId: string, timeoutSeconds: number): RuntimeError {
  const time = new Date(now).toISOString();
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `${time} ${requestId} Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
    trace: [],
  };
}

function exitError(requestId: string | undefined, status: string | undefined): RuntimeError {
  const reason =
    status === undefined
      ? 'Runtime exited without providing a reason'
      : `Runtime exited with error: ${status}`;
  return {
    errorType: 'Runtime.ExitError',
    errorMessage: `${requestId === undefined ? '' : `RequestId: ${requestId} `}Error: ${reason}`,
    trace: [],
  };
}

function toWorkerError(error: unknown, requestId: string | undefined, memoryMegabytes: number): RuntimeError {
  if (isOutOfMemory(error)) {
    return {
      errorType: 'Runtime.OutOfMemory',
      errorMessage: `RequestId: ${requestId ?? 'none'} Error: Runtime exited with error: signal: killed (out of memory, ${memoryMegabytes} MB)`,
      trace: [],
    };
  }
  if (!types.isNativeError(error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

const isOutOfMemory = (error: unknown): boolean =>
  types.isNativeError(error) && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
