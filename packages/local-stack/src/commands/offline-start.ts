import { once } from 'node:events';
import { resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { z } from 'zod';
import { buildService } from '../build.ts';
import { type CommandOptions, type Framework, serviceOf } from '../framework.ts';
import { readableLine } from '../function-logs.ts';
import { type LocalStack, startStack } from '../stack.ts';
import { standardDirectory, stateDirectory } from '../state-directory.ts';
import { templateReport } from '../template-report.ts';
import { UserError } from '../user-error.ts';

const port = (standard: number) =>
  z.coerce.number({ error: 'a port is a number from 0 to 65535' }).int().min(0).max(65_535).default(standard);

const Options = z.object({
  httpPort: port(3000),
  identityPort: port(3001),
  lambdaPort: port(3002),
  consolePort: port(3003),
  messagingPort: port(4566),
  dynamodbPort: port(8000),
  dataDirectory: z.string().optional(),
  border: z.url().optional(),
  mostSeconds: z.coerce.number().positive().optional(),
  fresh: z.boolean().default(false),
  quiet: z.boolean().default(false),
});

const parseOptions = (given: CommandOptions): z.infer<typeof Options> => {
  const parsed = Options.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new UserError(`options: ${z.prettifyError(parsed.error)}`);
};

const welcome = (
  { apiUrl, issuer, endpoints, lambdaUrl, consoleUrl }: LocalStack,
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

/** `sls offline start`: runs the whole service until Ctrl-C. */
export const offlineStart = async (framework: Framework, given: CommandOptions): Promise<void> => {
  const startedAt = Date.now();
  keepHeapsSmall();
  const options = parseOptions(given);
  const provider = framework.getProvider('aws');
  const state = stateDirectory(
    resolve(options.dataDirectory ?? standardDirectory(framework.serviceDir, provider.getStage())),
  );
  const tell = (line: string) => void process.stdout.write(`${line}\n`);

  const build = buildService(serviceOf(framework, given));
  // Its failure is met where it is waited for, which may be later.
  build.catch(() => {});
  const stack = await startStack({
    build,
    stackName: provider.naming.getStackName(),
    region: provider.getRegion(),
    state,
    fresh: options.fresh,
    border: options.border,
    mostSeconds: options.mostSeconds,
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
  }).finally(() => build); // Also when it cannot start: packaging is not cut off half way.
  for (const line of templateReport(stack.provisioned)) tell(line);
  tell(welcome(stack, ((Date.now() - startedAt) / 1_000).toFixed(1)));

  await untilStopped();
  tell('Stopping.');
  await stack.stop();
};
