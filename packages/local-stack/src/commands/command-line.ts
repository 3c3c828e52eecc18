import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { buildInChild } from '../build/build-in-child.ts';
import { selectionOf } from '../framework.ts';
import { printable } from '../printable.ts';
import { UserError } from '../user-error.ts';
import { fireSchedule } from './fire.ts';
import { runStack } from './run-stack.ts';
import { parseStartOptions } from './start-options.ts';

/** The same for the framework's command line, which loads plain JavaScript and JSON only. */
const startOptions = z
  .record(z.string(), z.object({ usage: z.string(), type: z.enum(['string', 'boolean']) }))
  .parse(createRequire(import.meta.url)('../../start-options.json'));

const SELECTION = {
  stage: { usage: 'Stage of the service', type: 'string' },
  region: { usage: 'Region of the service', type: 'string' },
  param: { usage: 'Parameter of the service, name=value; can be repeated', type: 'string', multiple: true },
} as const;

const HELP = `local-stack start [options]
local-stack fire [<logical id of a schedule>] [--stage <value>] [--dataDirectory <value>]

Runs the Serverless service of this folder on this machine: what "sls offline start" does, without the framework
when nothing has changed since the last start. "fire" fires a schedule of the running stack now, or lists them.

${Object.entries({ ...startOptions, ...SELECTION })
  .map(([name, { usage, type }]) => `  --${name}${type === 'string' ? ' <value>' : ''}`.padEnd(28) + usage)
  .join('\n')}
`;

const FireOptions = z.looseObject({ stage: z.string().optional(), dataDirectory: z.string().optional() });

const isUsageError = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');

const run = async (words: string[]): Promise<void> => {
  const startedAt = Date.now();
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    allowNegative: true,
    options: {
      ...Object.fromEntries(Object.entries(startOptions).map(([name, { type }]) => [name, { type }])),
      stage: { type: 'string' },
      region: { type: 'string' },
      param: { type: 'string', multiple: true },
      help: { type: 'boolean' },
    },
  });
  const [command = 'start', ...others] = positionals;
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  if (command === 'fire' && others.length <= 1) {
    const { stage, dataDirectory } = FireOptions.parse(values);
    const lines = await fireSchedule(others[0], {
      ...(stage !== undefined && { stage }),
      ...(dataDirectory !== undefined && { dataDirectory }),
    });
    for (const line of lines) process.stdout.write(`${printable(line)}\n`);
    return;
  }
  if (command !== 'start' || others.length > 0)
    throw new UserError(
      `unknown command "${positionals.join(' ')}": use local-stack start [options], local-stack fire [schedule], or --help`,
    );
  const options = parseStartOptions(values);
  const selection = selectionOf(values);
  const build = (signal: AbortSignal) => buildInChild(process.cwd(), selection, signal);
  await runStack(build, selection, options, startedAt);
};

/** The program `local-stack`. @param words after the program's name */
export const commandLine = async (words: string[]): Promise<void> => {
  try {
    await run(words);
  } catch (error) {
    if (!(error instanceof UserError || isUsageError(error))) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
};
