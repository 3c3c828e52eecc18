import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { lockHolder } from './lock.ts';
import type { StateDirectory } from './state-directory.ts';

/** Where the parts of a running stack answer. */
export const RunningStack = z.object({
  apiUrl: z.string(),
  issuer: z.string(),
  lambdaUrl: z.string(),
  consoleUrl: z.string(),
  endpoints: z.object({ dynamoDb: z.string(), messaging: z.string() }),
});
export type RunningStack = z.infer<typeof RunningStack>;

/** Tells other processes that the stack runs. */
export const announce = (state: StateDirectory, stack: RunningStack): void => {
  writeFileSync(`${state.runningStack}.new`, JSON.stringify(stack));
  renameSync(`${state.runningStack}.new`, state.runningStack);
};

/** Takes the announcement back. */
export const withdraw = (state: StateDirectory): void => rmSync(state.runningStack, { force: true });

/** The stack that runs on this data, undefined when none does. */
export const findRunningStack = (state: StateDirectory): RunningStack | undefined => {
  if (lockHolder(state.lock) === undefined) return undefined;
  try {
    return RunningStack.parse(JSON.parse(readFileSync(state.runningStack, 'utf8')));
  } catch {
    // Its holder is still starting: not a stack that others could use yet.
    return undefined;
  }
};
