// Puts a load on a deployed stack, or on a local one: npm run load -w lab -- --help
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { OperatorError } from '../../ops/operator-error.ts';
import { parseOptions, runTool } from '../../ops/run-tool.ts';
import { interruptible } from '../../packages/local-stack/src/interruption.ts';
import { type LaunchedStack, withTemporaryStack } from '../../packages/local-stack/src/launch.ts';
import { countOf } from './count.ts';

/** Taken on demand: hundreds of packages that nothing else here needs. */
const ARTILLERY = 'artillery@2.0.34';

const HELP = `npm run load -w lab -- --local [options]
npm run load -w lab -- --api <url> --token <token> [options]

  --local                 starts a separate local stack on free ports, and stops it
  --api <url>             URL of a deployed stack: its output HttpApiUrl
  --token <token>         npm run -s token -- --email load@example.com --stage <stage>
  --users-per-second <n>  each creates, reads, changes, lists, searches and removes a post (default: 5)
  --seconds <n>           (default: 60)
  --p95, --p99 <ms>       maximum response times (default: 500 and 1500)

Ends with 0 when every answer was right and in time. Artillery (${ARTILLERY}) is fetched by npx.`;

interface Target {
  apiUrl: string;
  token: string;
}

const targetOf = async ({ running: { apiUrl, issuer } }: LaunchedStack): Promise<Target> => {
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({ user: 'load' }),
  });
  const { access_token } = z.object({ access_token: z.string() }).parse(await answer.json());
  return { apiUrl, token: access_token };
};

/** @returns 0 when Artillery found everything right */
const putLoadOn = async (
  target: Target,
  environment: Readonly<Record<string, string>>,
  interrupted: AbortSignal,
): Promise<number> => {
  const artillery = spawn('npx', ['--yes', ARTILLERY, 'run', join(import.meta.dirname, 'posts.yml')], {
    stdio: ['ignore', 'inherit', 'inherit'],
    // A group of its own: npx does not pass a signal on to what it runs.
    detached: true,
    env: {
      ...process.env,
      ...environment,
      API_URL: target.apiUrl,
      TOKEN: target.token,
      ARTILLERY_DISABLE_TELEMETRY: 'true',
    },
  });
  const end = () => artillery.pid && process.kill(-artillery.pid, 'SIGTERM');
  interrupted.addEventListener('abort', end, { once: true });
  const [code] = await once(artillery, 'exit');
  interrupted.removeEventListener('abort', end);
  return code === 0 ? 0 : 1;
};

/** On a local stack whose routes are not held to what a caller may cost. */
const putLoadOnLocalStack = (environment: Readonly<Record<string, string>>): Promise<number> =>
  withTemporaryStack(
    'load',
    {
      serviceDirectory: resolve(import.meta.dirname, '../..'),
      parameters: { apiRateLimit: '1000', apiBurstLimit: '2000' },
    },
    async (stack, interrupted) => {
      const code = await putLoadOn(await targetOf(stack), environment, interrupted);
      await stack.untilQuiet(120_000);
      process.stdout.write('All work is done: every event has reached its subscribers.\n');
      return code;
    },
  );

const OPTIONS = {
  local: { type: 'boolean', default: false },
  api: { type: 'string' },
  token: { type: 'string' },
  'users-per-second': { type: 'string', default: '5' },
  seconds: { type: 'string', default: '60' },
  p95: { type: 'string', default: '500' },
  p99: { type: 'string', default: '1500' },
} as const;

const ApiUrl = z.object({
  api: z.url({ protocol: /^https?$/, error: 'must be a URL: the output HttpApiUrl' }).optional(),
});

await runTool({ help: HELP, options: OPTIONS }, async ({ values }) => {
  const environment = {
    USERS_PER_SECOND: `${countOf('users-per-second', values['users-per-second'], 10_000)}`,
    SECONDS: `${countOf('seconds', values.seconds, 86_400)}`,
    MAX_P95_MS: `${countOf('p95', values.p95, 60_000)}`,
    MAX_P99_MS: `${countOf('p99', values.p99, 60_000)}`,
  };
  const { token, local } = values;
  const { api } = parseOptions(ApiUrl, values);
  if (local === (api !== undefined))
    throw new OperatorError('choose a target: --local, or --api <url> with --token <token>');
  if (api !== undefined && token === undefined)
    throw new OperatorError(
      '--token is missing: npm run -s token -- --email load@example.com --stage <stage>',
    );
  return api !== undefined && token !== undefined
    ? interruptible((interrupted) =>
        putLoadOn({ apiUrl: api.replace(/\/$/, ''), token }, environment, interrupted),
      )
    : putLoadOnLocalStack(environment);
});
