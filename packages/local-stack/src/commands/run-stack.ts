import inspector from 'node:inspector';
import { resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { Build } from '../build/build.ts';
import type { Selection } from '../build/fingerprint.ts';
import { printable, printableLines } from '../printable.ts';
import { readableLine } from '../readable-line.ts';
import type { RunningStack } from '../running-stack.ts';
import { startStack } from '../stack.ts';
import { standardDirectory, stateDirectory } from '../state-directory.ts';
import { listenForStop, type StopRequest } from '../stop-request.ts';
import { explainingSystemErrors } from '../system-error.ts';
import { templateReport } from '../template-report.ts';
import { sweepTemporaryDirectories } from '../temporary-directory.ts';
import { watchService } from '../watch/watch-service.ts';
import type { StartOptions } from './start-options.ts';

const welcome = (
  { apiUrl, issuer, endpoints, lambdaUrl, eventBridgeUrl, consoleUrl }: RunningStack,
  seconds: string,
): string => `
The service runs on this machine (ready in ${seconds} s). Ctrl-C stops it. Data is kept; start with --fresh to delete it.

  HTTP API      ${apiUrl}
  Tokens        ${issuer}   any user name, no password
  Console       ${consoleUrl}   open it in a browser
  Lambda        ${lambdaUrl}   AWS_ENDPOINT_URL_LAMBDA
  DynamoDB      ${endpoints.dynamoDb}   AWS_ENDPOINT_URL_DYNAMODB
  EventBridge   ${eventBridgeUrl}   AWS_ENDPOINT_URL_EVENTBRIDGE
  SNS, SQS, S3  ${endpoints.messaging}   AWS_ENDPOINT_URL_SNS, _SQS, _S3
`;

/**
 * Lets no heap of this process, its threads' among them, grow by more than a half before it is collected whole. V8 would
 * let each become several times as large as what is in it, which a dozen threads together take hundreds of megabytes for.
 */
const keepHeapsSmall = () => setFlagsFromString('--heap-growing-percent=50');

/** Neither a terminal that is closed nor a full disk behind a redirection ends the stack. */
const ignoreOutputErrors = () => {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
};

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** @throws the signal's reason when it is aborted before the stack runs */
const runUntilStopped = async (
  buildService: (signal: AbortSignal) => Promise<Build>,
  selection: Selection,
  options: StartOptions,
  startedAt: number,
  stop: StopRequest,
): Promise<void> => {
  const { signal } = stop;
  const tell = (line: string) => void process.stdout.write(`${printableLines(line)}\n`);
  signal.addEventListener('abort', () => tell('Stopping. Press Ctrl-C again to stop at once.'), {
    once: true,
  });
  const build = await buildService(signal);
  signal.throwIfAborted();
  sweepTemporaryDirectories(build.serviceDirectory);
  const directory = options.dataDirectory ?? standardDirectory(build.serviceDirectory, build.stage);
  const state = stateDirectory(resolve(directory));
  if (options.inspect !== undefined) inspector.open(options.inspect, '127.0.0.1');
  const stack = await startStack({
    build,
    state,
    signal,
    onLoss: (reason) => {
      tell(printable(reason));
      process.exitCode = 1;
      stop.request();
    },
    fresh: options.fresh,
    endpointProxy: options.endpointProxy,
    maxTimeoutSeconds: options.maxTimeoutSeconds,
    unorderedQueues: options.unorderedQueues,
    debugging: options.inspect !== undefined,
    rights: options.rights,
    ports: {
      http: options.httpPort,
      identity: options.identityPort,
      lambda: options.lambdaPort,
      console: options.consolePort,
      messaging: options.messagingPort,
      dynamoDb: options.dynamodbPort,
    },
    tell,
    ...(!options.quiet && {
      onLogLine: (line) => {
        const readable = readableLine(line);
        if (readable !== undefined) tell(printable(readable));
      },
    }),
  });
  for (const line of templateReport(stack.service().provisioned)) tell(line);
  const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1);
  tell(welcome(stack.running, seconds));

  const endWatch = options.watch
    ? await watchService({ build, selection, stack, since: startedAt, liveDirectory: state.live, tell })
    : async () => {};
  process.send?.(stack.running);
  await untilAborted(signal);
  await endWatch();
  await stack.stop();
  // Node.js waits for a debugger to go away before it ends.
  if (options.inspect !== undefined) inspector.close();
};

/**
 * Runs a service until it is asked to stop (`stop-request.ts`), which may happen during its start.
 * @param build of the service
 * @param selection what the build is made for, to make it again
 * @param startedAt Unix milliseconds, of the command
 */
export const runStack = async (
  build: (signal: AbortSignal) => Promise<Build>,
  selection: Selection,
  options: StartOptions,
  startedAt: number,
): Promise<void> => {
  const stop = listenForStop();
  ignoreOutputErrors();
  keepHeapsSmall();
  try {
    await explainingSystemErrors(() => runUntilStopped(build, selection, options, startedAt, stop));
  } catch (error) {
    if (!stop.signal.aborted || error !== stop.signal.reason) throw error;
  } finally {
    stop.ignore();
  }
};
