/**
 * What the runtime and the worker thread of an execution environment say to each other. Payloads travel as
 * JSON text, as they do between Lambda and its runtimes: a handler never sees an object of the caller's.
 */

/** Handed to a worker when it starts. */
export interface WorkerStart {
  /** Absolute path of the bundle. */
  handlerFile: string;
  /** Name of the export, dots for nested ones. */
  handlerExport: string;
  /** As Lambda writes a handler: `module.export`; only for messages. */
  handler: string;
  invokedFunctionArn: string;
  /** Kept out of the thread's start, which would refuse options that a thread cannot have. */
  nodeOptions: string | null;
  /** Where V8's compiled code of the bundles is kept between starts. */
  compileCacheDirectory: string | null;
}

/**
 * What goes wrong in an invocation on purpose: the handler throws, never answers, begins late, or has handled half of its
 * batch when its environment dies.
 */
export type InvocationFault =
  | { kind: 'throws' | 'hangs' | 'dies' }
  | { kind: 'slow' /** Before the handler begins. */; milliseconds: number };

/** One invocation, runtime to worker. */
export interface WorkerInvocation {
  requestId: string;
  event: string;
  /** Milliseconds left until the function's timeout. */
  remainingMilliseconds: number;
  traceId: string;
  /** JSON text of the caller's client context. */
  clientContext: string | null;
  fault: InvocationFault | null;
}

/** An error as Lambda's runtimes report it. */
export interface RuntimeError {
  errorType: string;
  errorMessage: string;
  trace: string[];
}

/** Worker to runtime. */
export type WorkerReport =
  | { type: 'initialized' }
  | { type: 'initFailed'; error: RuntimeError }
  | { type: 'succeeded'; payload: string; heapBytes: number }
  | { type: 'failed'; error: RuntimeError; heapBytes: number }
  /** Uncaught exception or unhandled rejection: the thread ends right after. */
  | { type: 'fatal'; error: RuntimeError }
  /** The function ended its process by a signal, as in `signal: killed`: the thread ends right after. */
  | { type: 'signalled'; status: string }
  | { type: 'log'; requestId: string | null; stream: 'stdout' | 'stderr'; lines: string[] };
