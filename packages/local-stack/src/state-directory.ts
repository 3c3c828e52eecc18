import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The file that tells a folder of local data from any other, besides its use. */
export const STACK_LOCK = 'stack.lock';

/** Where a stage's local data lives between starts. */
export interface StateDirectory {
  root: string;
  engines: string;
  checkpoints: string;
  /** Events that wait for their functions. */
  asynchronousEvents: string;
  identity: string;
  logs: string;
  /** Code that was changed while the stack runs. */
  live: string;
  secrets: string;
  /** There from the start of a stack until it has ended in order: where its parts answer. */
  runningStack: string;
  /** Locked by the process whose stack uses this data. */
  lock: string;
}

/** The default directory of a stage's data. */
export const standardDirectory = (serviceDirectory: string, stage: string): string =>
  join(serviceDirectory, '.local', 'stages', stage);

/** The places of a stack's data below `root`. */
export const stateDirectory = (root: string): StateDirectory => {
  return {
    root,
    engines: join(root, 'engines'),
    checkpoints: join(root, 'checkpoints'),
    asynchronousEvents: join(root, 'asynchronous-events'),
    identity: join(root, 'identity'),
    logs: join(root, 'logs'),
    live: join(root, 'live'),
    secrets: join(root, 'secrets.json'),
    runningStack: join(root, 'running-stack.json'),
    lock: join(root, STACK_LOCK),
  };
};

/** Forgets the data of a stage, but not the lock on it. */
export const forget = async (state: StateDirectory): Promise<void> => {
  const data = [
    state.engines,
    state.checkpoints,
    state.asynchronousEvents,
    state.identity,
    state.logs,
    state.secrets,
    state.runningStack,
  ];
  await Promise.all(data.map((path) => rm(path, { recursive: true, force: true })));
};
