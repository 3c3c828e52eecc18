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

const Announcement = RunningStack.extend({ pid: z.number() });

/** Tells other processes that the stack runs. */
export const announce = (state: StateDirectory, stack: RunningStack): void => {
  writeFileSync(`${state.runningStack}.new`, JSON.stringify({ ...stack, pid: process.pid }));
  renameSync(`${state.runningStack}.new`, state.runningStack);
};

/** Takes the announcement back. */
export const withdraw = (state: StateDirectory): void => rmSync(state.runningStack, { force: true });

/**
 * The stack that runs on this data, undefined when none does.
 * @param processId only the stack of this process, if given
 */
export const findRunningStack = (state: StateDirectory, processId?: number): RunningStack | undefined => {
  const holder = lockHolder(state.lock);
  if (holder === undefined || (processId !== undefined && holder !== processId)) return undefined;
  try {
    const { pid, ...stack } = Announcement.parse(JSON.parse(readFileSync(state.runningStack, 'utf8')));
    // A stack that crashed leaves its announcement behind.
    return pid === holder ? stack : undefined;
  } catch {
    // Its holder is still starting: not a stack that others could use yet.
    return undefined;
  }
};
