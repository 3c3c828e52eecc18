import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { type Given, runTool } from '../../ops/run-tool.ts';
import { forgetData, type LaunchedStack, launchStack } from '../../packages/local-stack/src/launch.ts';
import { installFuzzer, NoFuzzer } from './tool.ts';

const service = resolve(import.meta.dirname, '../..');
const here = (file: string) => join(import.meta.dirname, file);

const Token = z.object({ access_token: z.string() });
const tokenOf = async (issuer: string, user: string): Promise<string> => {
  const response = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams({ user }) });
  return Token.parse(await response.json()).access_token;
};

/** Runs the fuzzer against a running stack. @returns its exit code */
const fuzz = async (
  command: string,
  { running }: LaunchedStack,
  { 'max-examples': examples, seed }: { 'max-examples': string; seed?: string | undefined },
): Promise<number> => {
  // It keeps notes of its own in the directory it runs in.
  const directory = join(service, '.cache', 'fuzz');
  mkdirSync(directory, { recursive: true });
  const child = spawn(
    command,
    [
      '--config-file',
      here('schemathesis.toml'),
      'run',
      join(service, 'docs', 'openapi.json'),
      '--url',
      running.apiUrl,
      '--header',
      `Authorization: Bearer ${await tokenOf(running.issuer, 'ada')}`,
      '--checks',
      'all',
      // What no route takes API Gateway answers itself, with 404 for a wrong method too.
      '--exclude-checks',
      'unsupported_method',
      '--max-examples',
      examples,
      // Below the API's own limit: a 429 tests nothing.
      '--rate-limit',
      '80/s',
      ...(seed === undefined ? [] : ['--seed', seed]),
    ],
    { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'close');
  for await (const line of createInterface(child.stdout)) {
    // Its last line looks like that of a test runner which ran no test, and who reads the output for tests takes it so.
    if (!/^=+ .* in [\d.]+s =+$/.test(line)) console.log(line);
  }
  const [code] = await ended;
  return typeof code === 'number' ? code : 1;
};

/** What the functions logged as errors: input of any kind must not look like a crash. */
const errorLines = ({ state }: LaunchedStack): string[] =>
  readdirSync(state.logs)
    .flatMap((file) => readFileSync(join(state.logs, file), 'utf8').split('\n'))
    .filter((line) => line.includes('"level":"ERROR"'));

const OPTIONS = {
  'max-examples': { type: 'string', default: '25' },
  seed: { type: 'string' },
} as const;

const HELP = `npm run fuzz -w lab -- [options]

Fuzzes the API of a local stack by its OpenAPI document, with Schemathesis.

  --max-examples <n>   for each operation (default: 25)
  --seed <n>           of the requests; without it one is drawn`;

const main = async ({ values }: Given<typeof OPTIONS>): Promise<number> => {
  const command = installFuzzer(here('requirements.txt'), join(service, '.cache'));
  const dataDirectory = join(service, '.local', `fuzz-${process.pid}`);
  const stack = await launchStack({ serviceDirectory: service, dataDirectory });
  try {
    const code = await fuzz(command, stack, values);
    const errors = errorLines(stack);
    for (const line of errors.slice(0, 10)) console.error(line);
    if (errors.length > 0) console.error(`The functions logged ${errors.length} errors.`);
    return code === 0 && errors.length > 0 ? 1 : code;
  } finally {
    await stack.stop();
    await forgetData(dataDirectory);
  }
};

await runTool({ help: HELP, options: OPTIONS }, async (given) => {
  try {
    return await main(given);
  } catch (error) {
    if (!(error instanceof NoFuzzer)) throw error;
    console.error(
      `\n*** THE API WAS NOT FUZZED ***\nSchemathesis cannot be installed here. ${error.message}\n`,
    );
    return 0;
  }
});
