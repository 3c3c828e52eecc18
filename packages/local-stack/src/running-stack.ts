import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { isLocked } from './lock.ts';
import type { StateDirectory } from './state-directory.ts';

/** Where the parts of a running stack answer. */
export const RunningStack = z.object({
  apiUrl: z.string(),
  issuer: z.string(),
  lambdaUrl: z.string(),
  eventBridgeUrl: z.string(),
  consoleUrl: z.string(),
  endpoints: z.object({ dynamoDb: z.string(), messaging: z.string() }),
});
export type RunningStack = z.infer<typeof RunningStack>;

const Announcement = z.object({ pid: z.number(), running: RunningStack.optional() });

const write = (state: StateDirectory, announcement: z.infer<typeof Announcement>): void => {
  writeFileSync(`${state.runningStack}.new`, JSON.stringify(announcement));
  renameSync(`${state.runningStack}.new`, state.runningStack);
};

const read = (state: StateDirectory): z.infer<typeof Announcement> | undefined => {
  try {
    return Announcement.parse(JSON.parse(readFileSync(state.runningStack, 'utf8')));
  } catch {
    // There is none, or a crash of the machine cut it short: it says nothing that is still true.
    return undefined;
  }
};

/** Whether the stack that last used this data did not end in order: it left its announcement. */
export const hasCrashed = (state: StateDirectory): boolean => existsSync(state.runningStack);

/** Tells other processes that this one, which holds the lock, starts a stack. */
export const announceStart = (state: StateDirectory): void => write(state, { pid: process.pid });

/** Tells other processes that the stack of this one runs. */
export const announce = (state: StateDirectory, running: RunningStack): void =>
  write(state, { pid: process.pid, running });

/** Takes the announcement back: the stack has ended in order. */
export const withdraw = (state: StateDirectory): void => rmSync(state.runningStack, { force: true });

/** The stack that runs on this data; undefined when none does, or when it is still starting. */
export const findRunningStack = (state: StateDirectory): RunningStack | undefined =>
  isLocked(state.lock) ? read(state)?.running : undefined;

/** The id of the process that uses this data, to name it to people. */
export const userOfState = (state: StateDirectory): number | undefined => read(state)?.pid;
