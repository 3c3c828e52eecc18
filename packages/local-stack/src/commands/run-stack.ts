import { once } from 'node:events';
import inspector from 'node:inspector';
import { resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { Build } from '../build/build.ts';
import type { Selection } from '../build/fingerprint.ts';
import { readableLine } from '../function-logs.ts';
import type { RunningStack } from '../running-stack.ts';
import { startStack } from '../stack.ts';
import { standardDirectory, stateDirectory } from '../state-directory.ts';
import { templateReport } from '../template-report.ts';
import { watchService } from '../watch/watch-service.ts';
import type { StartOptions } from './start-options.ts';

const welcome = (
  { apiUrl, issuer, endpoints, lambdaUrl, consoleUrl }: RunningStack,
  seconds: string,
): string => `
The service runs on this machine (ready in ${seconds} s). Ctrl-C stops it, its data stays; --fresh forgets it.

  HTTP API      ${apiUrl}
  Tokens        ${issuer}   any user name, no password
  Console       ${consoleUrl}/status
  Lambda        ${lambdaUrl}   AWS_ENDPOINT_URL_LAMBDA
  DynamoDB      ${endpoints.dynamoDb}   AWS_ENDPOINT_URL_DYNAMODB
  SNS, SQS, S3  ${endpoints.messaging}   AWS_ENDPOINT_URL_SNS, _SQS, _S3
`;

/**
 * Lets no heap of this process, its threads' among them, grow by more than a half before it is collected whole. V8 would
 * let each become several times as large as what is in it, which a dozen threads together take hundreds of megabytes for.
 */
const keepHeapsSmall = () => setFlagsFromString('--heap-growing-percent=50');

const untilStopped = (): Promise<unknown> =>
  Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), once(process, 'SIGHUP')]);

/**
 * Runs a service until Ctrl-C.
 * @param selection what the build was made for, to make it again
 * @param startedAt Unix milliseconds, of the command
 */
export const runStack = async (
  build: Build,
  selection: Selection,
  options: StartOptions,
  startedAt: number,
): Promise<void> => {
  keepHeapsSmall();
  const directory = options.dataDirectory ?? standardDirectory(build.serviceDirectory, build.stage);
  const state = stateDirectory(resolve(directory));
  const tell = (line: string) => void process.stdout.write(`${line}\n`);
  if (options.inspect !== undefined) inspector.open(options.inspect, '127.0.0.1');
  const stack = await startStack({
    build,
    state,
    fresh: options.fresh,
    border: options.border,
    mostSeconds: options.mostSeconds,
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
        if (readable !== undefined) tell(readable);
      },
    }),
  });
  for (const line of templateReport(stack.service().provisioned)) tell(line);
  tell(welcome(stack.running, ((Date.now() - startedAt) / 1_000).toFixed(1)));

  const endWatch = options.watch
    ? await watchService({ build, selection, stack, liveDirectory: state.live, tell })
    : async () => {};
  await untilStopped();
  tell('Stopping.');
  await endWatch();
  await stack.stop();
  // Node.js waits for a debugger to go away before it ends.
  if (options.inspect !== undefined) inspector.close();
};
