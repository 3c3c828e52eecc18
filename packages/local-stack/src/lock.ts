import { DatabaseSync } from 'node:sqlite';
import { systemClock } from './clock.ts';
import { UserError } from './user-error.ts';

/** A lock on a file. It ends with the process that holds it, in whatever way that ends. */
export interface Lock {
  release(): void;
}

/** Long enough for another process to be done with a look at the lock. */
const LOOK_MILLISECONDS = 100;
const SQLITE_BUSY = 5;

/** Referred to from here, so that no lock ends because its holder does not look at it for a while. */
const held = new Set<DatabaseSync>();

// Asks for no class: an error of another realm, as a sandboxed test sees it, is an instance of that realm's Error only.
const isBusy = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === SQLITE_BUSY;

const notLockable = (file: string, cause: unknown): UserError =>
  new UserError(
    `${file} cannot be locked (${cause instanceof Error ? cause.message : cause}): remove it, or make it a file that can be written`,
    { cause },
  );

/**
 * Locks a file for this process, if no other process or holder has. SQLite takes the file locks of the operating
 * system, on Linux, macOS and Windows: a process that is killed holds none any more, and its id tells nothing.
 * The file must not be read or copied by its holder, which by the rules of POSIX would end the lock.
 * @param file made when there is none; the folder has to be there
 * @returns undefined while another holds it
 * @throws {UserError} when the file cannot be written
 * @see https://www.sqlite.org/lockingv3.html
 */
export const tryLock = (file: string): Lock | undefined => {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: LOOK_MILLISECONDS });
    // Without a journal, which would stay behind when this process is killed.
    database.exec('PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (isBusy(error)) return undefined;
    throw notLockable(file, error);
  }
  const holding = database;
  held.add(holding);
  return {
    release: () => {
      if (held.delete(holding)) holding.close();
    },
  };
};

/** Whether a process holds the lock on a file; false when there is no such file. */
export const isLocked = (file: string): boolean => {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: 0 });
    database.prepare('SELECT 1 FROM sqlite_schema').get();
    return false;
  } catch (error) {
    return isBusy(error);
  } finally {
    database?.close();
  }
};

/**
 * Runs `work` while holding the lock on a file, after other processes are done with theirs.
 * @param onWait called once when another process holds it
 */
export const withLock = async <Result>(
  file: string,
  work: () => Promise<Result>,
  onWait: () => void = () => {},
): Promise<Result> => {
  let lock = tryLock(file);
  if (!lock) onWait();
  while (!lock) {
    await systemClock.sleep(LOOK_MILLISECONDS);
    lock = tryLock(file);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
};
