import { readFileSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { systemClock } from './clock.ts';
import { hasCode } from './error-code.ts';

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** The process that holds a lock, undefined when nobody does or its holder is gone. */
export const lockHolder = (file: string): number | undefined => {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return pid > 0 && isRunning(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
};

/** Takes a lock file for this process; false when another running process holds it. */
export const takeLock = async (file: string): Promise<boolean> => {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(`${process.pid}`);
      await handle.close();
      return true;
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
      if (lockHolder(file) !== undefined) return false;
      // Its holder was killed: the lock is nobody's. A file still empty belongs to one who is just writing it.
      await systemClock.sleep(50);
      if (lockHolder(file) !== undefined) return false;
      await rm(file, { force: true });
    }
  }
  return false;
};

/** Runs `work` while holding a lock file, waiting for other processes to be done. */
export const withLock = async <Result>(file: string, work: () => Promise<Result>): Promise<Result> => {
  while (!(await takeLock(file))) await systemClock.sleep(50);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
};
