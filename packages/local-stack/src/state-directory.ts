import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a stage's local data lives between starts. */
export interface StateDirectory {
  root: string;
  engines: string;
  checkpoints: string;
  identity: string;
  logs: string;
  /** Code that was changed while the stack runs. */
  live: string;
  secrets: string;
  /** Written while a stack runs: where its parts answer. */
  runningStack: string;
  /** Held by the process whose stack uses this data. */
  lock: string;
}

/** Where a stage's data lies unless it is told otherwise. */
export const standardDirectory = (serviceDirectory: string, stage: string): string =>
  join(serviceDirectory, '.local', 'stages', stage);

/** The places of a stack's data below `root`. */
export const stateDirectory = (root: string): StateDirectory => {
  return {
    root,
    engines: join(root, 'engines'),
    checkpoints: join(root, 'checkpoints'),
    identity: join(root, 'identity'),
    logs: join(root, 'logs'),
    live: join(root, 'live'),
    secrets: join(root, 'secrets.json'),
    runningStack: join(root, 'running-stack.json'),
    lock: join(root, 'lock'),
  };
};

/** Forgets the data of a stage, but not the lock on it. */
export const forget = async (state: StateDirectory): Promise<void> => {
  const data = [
    state.engines,
    state.checkpoints,
    state.identity,
    state.logs,
    state.secrets,
    state.runningStack,
  ];
  await Promise.all(data.map((path) => rm(path, { recursive: true, force: true })));
};
