import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { buildService } from '../build/build.ts';
import { type CommandOptions, type Framework, serviceOf } from '../framework.ts';
import { invokeOnce } from '../invoke-once.ts';
import { findRunningStack } from '../running-stack.ts';
import { standardDirectory, stateDirectory } from '../state-directory.ts';
import { UserError } from '../user-error.ts';

const Options = z.object({
  function: z.string(),
  path: z.string().optional(),
  data: z.string().optional(),
  raw: z.boolean().default(false),
  rights: z.boolean().default(true),
});

const parsed = (text: string, what: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UserError(`${what} is not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
};

const textOf = (path: string): string => {
  try {
    return readFileSync(resolve(path), 'utf8');
  } catch (cause) {
    throw new UserError(`the event file ${path} does not exist`, { cause });
  }
};

const eventOf = ({ path, data, raw }: z.infer<typeof Options>): unknown => {
  if (path !== undefined) return parsed(textOf(path), path);
  if (data !== undefined) return raw ? data : parsed(data, '--data');
  return {};
};

/**
 * `sls invoke local`: runs a function's deployed bundle once, against the running local stack or against
 * engines of its own, prints the function's answer to standard output and what it caused to standard error.
 */
export const invokeLocal = async (framework: Framework, given: CommandOptions): Promise<void> => {
  const options = Options.parse(given);
  const event = eventOf(options);
  const provider = framework.getProvider('aws');
  const { name } = framework.service.getFunction(options.function);
  const state = stateDirectory(standardDirectory(framework.serviceDir, provider.getStage()));
  const running = findRunningStack(state);

  const { result, account, logLines } = await invokeOnce({
    build: await buildService(serviceOf(framework, given)),
    functionName: name,
    event,
    seedFile: resolve(framework.serviceDir, 'events', 'seed.json'),
    secretsFile: state.secrets,
    rights: options.rights,
    ...(running && { running }),
  });

  const tell = (line: string) => process.stderr.write(`${line}\n`);
  for (const line of logLines) tell(line);
  tell('');
  if (result.kind === 'success') process.stdout.write(`${JSON.stringify(result.payload, null, 2)}\n`);
  else {
    tell(
      result.kind === 'error' ? `${result.errorType}: ${result.errorMessage}` : 'The function was throttled.',
    );
    process.exitCode = 1;
  }
  tell('');
  tell(running ? `What it caused in the running stack (${running.apiUrl}):` : 'What it caused:');
  for (const line of account) tell(`  ${line}`);
};
