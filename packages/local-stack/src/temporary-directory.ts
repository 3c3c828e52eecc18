import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isLocked, tryLock } from './lock.ts';
import { stateDirectory } from './state-directory.ts';

/** A folder for data that is not needed after this process. */
export interface TemporaryDirectory {
  path: string;
  remove(): Promise<void>;
}

const LOCK = '.lock';

const parentOf = (serviceDirectory: string): string => join(serviceDirectory, '.local', 'temporary');

/**
 * Makes a folder below `.local/temporary` of the service. A lock beside it, which ends with this process, says that it is
 * in use: `sweepTemporaryDirectories` removes those that killed processes left.
 * @param name what the folder is for, for people who come across it
 */
export const temporaryDirectory = (serviceDirectory: string, name: string): TemporaryDirectory => {
  const path = join(parentOf(serviceDirectory), `${name}-${randomBytes(6).toString('hex')}`);
  mkdirSync(parentOf(serviceDirectory), { recursive: true });
  const lock = tryLock(`${path}${LOCK}`);
  if (!lock) throw new Error(`${path} is in use`);
  mkdirSync(path);
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true });
      lock.release();
      await rm(`${path}${LOCK}`, { force: true });
    },
  };
};

/** Removes the temporary folders of a service whose processes have ended, and on which no stack runs any more. */
export const sweepTemporaryDirectories = (serviceDirectory: string): void => {
  const parent = parentOf(serviceDirectory);
  if (!existsSync(parent)) return;
  const paths = new Set(readdirSync(parent).map((name) => join(parent, name.replace(/\.lock$/, ''))));
  for (const path of paths) {
    const lock = isLocked(stateDirectory(path).lock) ? undefined : tryLock(`${path}${LOCK}`);
    if (!lock) continue;
    rmSync(path, { recursive: true, force: true });
    lock.release();
    rmSync(`${path}${LOCK}`, { force: true });
  }
};
