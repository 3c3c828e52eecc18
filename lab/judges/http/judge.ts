import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { forgetData, type LaunchedStack, launchStack } from '../../../packages/local-stack/src/launch.ts';
import { serviceDirectory } from '../../../scripts/service-copy.ts';
import type { Judge, JudgeOptions } from '../judge.ts';
import { pythonOf } from '../python.ts';

const here = (file: string) => join(import.meta.dirname, file);
/** Of each operation, before the next round: rounds are made until the time is over. */
const EXAMPLES = 25;

const Token = z.object({ access_token: z.string() });
const tokenOf = async (issuer: string, user: string): Promise<string> => {
  const response = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams({ user }) });
  return Token.parse(await response.json()).access_token;
};

/** What Schemathesis says of a run that it got through: `8017 generated, 12 skipped`. */
const CASES = /(\d+) generated/;

/** Runs Schemathesis against a running stack. @returns the cases that it made, and its exit code */
const fuzz = async (
  command: string,
  { running }: LaunchedStack,
  { seed, minutes }: JudgeOptions,
): Promise<{ cases: number; code: unknown }> => {
  // It keeps notes of its own in the directory it runs in.
  const directory = join(serviceDirectory, '.cache', 'schemathesis');
  mkdirSync(directory, { recursive: true });
  const child = spawn(
    command,
    [
      '--config-file',
      here('schemathesis.toml'),
      'run',
      join(serviceDirectory, 'docs', 'openapi.json'),
      '--url',
      running.apiUrl,
      '--header',
      `Authorization: Bearer ${await tokenOf(running.issuer, 'ada')}`,
      '--checks',
      'all',
      // What no route takes API Gateway answers itself, with 404 for a wrong method too.
      '--exclude-checks',
      'unsupported_method',
      '--max-time',
      `${Math.round(minutes * 60)}`,
      '--max-examples',
      `${EXAMPLES}`,
      // Below the API's own limit: a 429 tests nothing.
      '--rate-limit',
      '80/s',
      '--seed',
      `${seed}`,
    ],
    { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'close');
  let cases = 0;
  for await (const line of createInterface(child.stdout)) {
    cases = Number(CASES.exec(line)?.[1] ?? cases);
    // Its last line looks like that of a test runner which ran no test, and who reads the output for tests takes it so.
    if (!/^=+ .* in [\d.]+s =+$/.test(line)) console.log(line);
  }
  const [code] = await ended;
  return { cases, code };
};

/** What the functions logged as errors: input of any kind must not look like a crash. */
const errorLines = ({ state }: LaunchedStack): string[] =>
  readdirSync(state.logs)
    .flatMap((file) => readFileSync(join(state.logs, file), 'utf8').split('\n'))
    .filter((line) => line.includes('"level":"ERROR"'));

/** Schemathesis, by the OpenAPI document: each operation, and sequences of them along its links. */
export const httpJudge: Judge = {
  name: 'http',
  about: 'Schemathesis fuzzes the API by its OpenAPI document, each operation and sequences of them',
  needs: ['python3'],
  run: async (options) => {
    const command = join(dirname(pythonOf(import.meta.dirname)), 'st');
    const dataDirectory = join(serviceDirectory, '.local', `judge-${process.pid}`);
    const stack = await launchStack({ serviceDirectory, dataDirectory });
    try {
      const { cases, code } = await fuzz(command, stack, options);
      return {
        cases,
        findings: [
          ...(code === 0 ? [] : [`Schemathesis ended with ${code}: see above`]),
          ...errorLines(stack).map((line) => `a function logged ${line}`),
        ],
      };
    } finally {
      await stack.stop();
      await forgetData(dataDirectory);
    }
  },
};
