// @ts-check
// One execution environment: loads the bundle once, then runs one invocation at a time. Plain CommonJS because
// stripping types costs every cold start about 25 ms, more than the rest of the thread's start.
// Follows https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
'use strict';

const Module = require('node:module');
const { constants } = require('node:os');
const { pathToFileURL } = require('node:url');
const { types } = require('node:util');
const { getHeapStatistics } = require('node:v8');
const { parentPort, workerData } = require('node:worker_threads');

/** @typedef {import('./worker-protocol.ts').WorkerReport} WorkerReport */
/** @typedef {import('./worker-protocol.ts').WorkerInvocation} WorkerInvocation */
/** @typedef {import('./worker-protocol.ts').RuntimeError} RuntimeError */

/** @type {import('./worker-protocol.ts').WorkerStart} */
const start = workerData;
if (parentPort === null) throw new Error('worker.cjs runs only as a worker thread');
const port = parentPort;

/** @type {string | null} */
let currentRequestId = null;

/** @param {WorkerReport} message */
const report = (message) => port.postMessage(message);

/**
 * Sends what the function writes to the runtime line by line and at once, so that nothing is lost when the
 * thread is terminated in the middle of a busy loop.
 * @param {'stdout' | 'stderr'} name
 * @returns {() => void} sends what is left of an unfinished line
 */
function captureStream(name) {
  const stream = process[name];
  let unfinished = '';
  /** @param {string[]} lines */
  const send = (lines) => report({ type: 'log', requestId: currentRequestId, stream: name, lines });
  /**
   * @param {string | Uint8Array} chunk
   * @param {BufferEncoding | ((error?: Error | null) => void)} [encoding]
   * @param {(error?: Error | null) => void} [callback]
   */
  stream.write = (chunk, encoding, callback) => {
    const text =
      typeof chunk === 'string' && (typeof encoding !== 'string' || /^utf-?8$/i.test(encoding))
        ? chunk
        : Buffer.from(
            /** @type {string} */ (chunk),
            typeof encoding === 'string' ? encoding : 'utf8',
          ).toString();
    const lines = (unfinished + text).split('\n');
    unfinished = lines.pop() ?? '';
    if (lines.length > 0) send(lines);
    const done = typeof encoding === 'function' ? encoding : callback;
    if (done) process.nextTick(done);
    return true;
  };
  return () => {
    if (unfinished === '') return;
    send([unfinished]);
    unfinished = '';
  };
}

const flushers = [captureStream('stdout'), captureStream('stderr')];
const flush = () => {
  for (const flushStream of flushers) flushStream();
};
process.on('exit', flush);
// Node writes warnings straight to the file descriptor, past the stream: the thread starts with --no-warnings.
process.on('warning', (warning) => process.stderr.write(`${warning.name}: ${warning.message}\n`));

/**
 * @param {unknown} thrown
 * @returns {RuntimeError}
 */
function toRuntimeError(thrown) {
  try {
    if (types.isNativeError(thrown)) {
      return {
        errorType: thrown.name,
        errorMessage: thrown.message,
        trace: String(thrown.stack ?? '').split('\n'),
      };
    }
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  } catch {
    // A thrown object may itself throw when read.
    return {
      errorType: 'handled',
      errorMessage: 'the error could not be read: its message, name or stack threw',
      trace: [],
    };
  }
}

/**
 * @param {string} errorType
 * @param {string} errorMessage
 * @param {unknown} [cause]
 */
function runtimeError(errorType, errorMessage, cause) {
  const error = new Error(errorMessage);
  error.name = errorType;
  if (types.isNativeError(cause)) error.stack = `${errorType}: ${cause.stack ?? cause.message}`;
  return error;
}

/**
 * @param {string} title
 * @param {RuntimeError} error
 */
function logError(title, error) {
  const { trace, ...rest } = error;
  process.stderr.write(`${title}\t${JSON.stringify({ ...rest, stack: trace })}\n`);
}

/**
 * @param {string} title
 * @param {Error} error
 * @param {number} exitCode
 */
function die(title, error, exitCode) {
  const runtimeError = toRuntimeError(error);
  logError(title, runtimeError);
  flush();
  report({ type: 'fatal', error: runtimeError });
  process.exit(exitCode);
}
process.on('uncaughtException', (error) => die('Uncaught Exception', error, 129));
process.on('unhandledRejection', (reason) =>
  die(
    'Unhandled Promise Rejection',
    runtimeError('Runtime.UnhandledPromiseRejection', String(reason), reason),
    128,
  ),
);

/** What a signal does to a process that does not listen to it, as Lambda words it; others are ignored. */
const FATAL_SIGNALS = new Map([
  ['SIGHUP', 'hangup'],
  ['SIGINT', 'interrupt'],
  ['SIGQUIT', 'quit (core dumped)'],
  ['SIGABRT', 'aborted (core dumped)'],
  ['SIGKILL', 'killed'],
  ['SIGUSR2', 'user defined signal 2'],
  ['SIGALRM', 'alarm clock'],
  ['SIGTERM', 'terminated'],
]);

/**
 * On Lambda an execution environment is a process of its own. Here its process id is that of the whole stack, which
 * must not take what a function does to itself.
 */
function confineSignals() {
  const { kill } = process;
  /** Itself, its parent, which on Lambda is in the same sandbox, and their process groups. @param {number} target */
  const isOwn = (target) => [process.pid, process.ppid, 0, 1].includes(Math.abs(Number(target)));
  /** @param {string} name */
  const receive = (name) => {
    if (name !== 'SIGKILL' && process.listenerCount(name) > 0) {
      process.emit(/** @type {NodeJS.Signals} */ (name), /** @type {NodeJS.Signals} */ (name));
      return;
    }
    const meaning = FATAL_SIGNALS.get(name);
    if (meaning === undefined) return;
    flush();
    report({ type: 'signalled', status: `signal: ${meaning}` });
    process.exit(1);
  };
  process.kill = (target, signal = 'SIGTERM') => {
    if (!isOwn(target) || signal === 0) return kill.call(process, target, signal);
    const known = Object.entries(constants.signals).find(([name, number]) => [name, number].includes(signal));
    if (known === undefined) return kill.call(process, target, signal);
    receive(known[0]);
    return true;
  };
  process.abort = () => {
    receive('SIGABRT');
    throw new Error('the process is aborted');
  };
}
confineSignals();

/** @returns {Promise<(event: unknown, context: object) => unknown>} */
async function loadHandler() {
  const { handlerFile, handler } = start;
  let loaded;
  try {
    loaded = handlerFile.endsWith('.mjs')
      ? await import(pathToFileURL(handlerFile).href)
      : Module.createRequire(handlerFile)(handlerFile);
  } catch (error) {
    const code = types.isNativeError(error) && 'code' in error ? error.code : undefined;
    if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') {
      throw runtimeError('Runtime.ImportModuleError', String(error), error);
    }
    if (error instanceof SyntaxError) throw runtimeError('Runtime.UserCodeSyntaxError', String(error), error);
    throw error;
  }
  const found = start.handlerExport.split('.').reduce((object, key) => object?.[key], loaded);
  if (found === undefined) {
    throw runtimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  if (typeof found !== 'function') {
    throw runtimeError('Runtime.HandlerNotFound', `${handler} is not a function`);
  }
  if (found.length > 2) {
    throw runtimeError(
      'Runtime.CallbackHandlerDeprecated',
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. ' +
        'You need to modify this function to use a supported handler signature to use Node.js 24 or later. ' +
        'For more information see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.',
    );
  }
  return found;
}

/** @param {WorkerInvocation} invocation */
function contextOf({ requestId, remainingMilliseconds, clientContext }) {
  const deadline = performance.now() + remainingMilliseconds;
  const { env } = process;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: clientContext === null ? undefined : JSON.parse(clientContext),
    identity: undefined,
    invokedFunctionArn: start.invokedFunctionArn,
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => Math.floor(deadline - performance.now()),
  };
}

/**
 * Lets go wrong what is to go wrong before the handler runs; it only runs when this resolves.
 * @param {import('./worker-protocol.ts').InvocationFault} fault
 * @param {any} event
 * @param {() => unknown} handle
 */
async function suffer(fault, event, handle) {
  switch (fault.kind) {
    case 'throws':
      throw new Error('broken on purpose, by a switch of the local stack');
    case 'hangs':
      return new Promise(() => {});
    case 'slow':
      return new Promise((resolve) => setTimeout(resolve, fault.milliseconds));
    case 'dies':
      if (Array.isArray(event?.Records)) event.Records.length = Math.ceil(event.Records.length / 2);
      await handle();
      process.kill(process.pid, 'SIGKILL');
  }
}

/** What is in the heap of this environment, garbage included. */
const heapBytes = () => getHeapStatistics().used_heap_size;

/**
 * @param {(event: unknown, context: object) => unknown} handler
 * @param {WorkerInvocation} invocation
 */
async function run(handler, invocation) {
  const { requestId } = invocation;
  currentRequestId = requestId;
  process.env._X_AMZN_TRACE_ID = invocation.traceId;
  try {
    const event = JSON.parse(invocation.event);
    const context = contextOf(invocation);
    if (invocation.fault !== null) await suffer(invocation.fault, event, () => handler(event, context));
    const result = await handler(event, context);
    // A function or a symbol has no JSON either.
    const payload = JSON.stringify(result) ?? 'null';
    flush();
    report({ type: 'succeeded', payload, heapBytes: heapBytes() });
  } catch (thrown) {
    const error = toRuntimeError(thrown);
    logError('Invoke Error', error);
    flush();
    report({ type: 'failed', error, heapBytes: heapBytes() });
  }
}

async function main() {
  if (start.compileCacheDirectory !== null) Module.enableCompileCache(start.compileCacheDirectory);
  if (start.nodeOptions !== null) {
    process.env.NODE_OPTIONS = start.nodeOptions;
    if (/(^|\s)--enable-source-maps(\s|$)/.test(start.nodeOptions)) process.setSourceMapsEnabled(true);
  }
  let handler;
  try {
    handler = await loadHandler();
  } catch (thrown) {
    const error = toRuntimeError(thrown);
    logError('Uncaught Exception', error);
    flush();
    report({ type: 'initFailed', error });
    process.exit(1);
  }
  port.on('message', (/** @type {WorkerInvocation} */ invocation) => void run(handler, invocation));
  report({ type: 'initialized' });
}
void main();
