import { UserError } from './user-error.ts';

/** What the person at the terminal can do about what the system refused, by its code. */
const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'permission denied: make it accessible, or choose another place with --dataDirectory',
  EPERM: 'permission denied: make it accessible, or choose another place with --dataDirectory',
  EROFS: 'it is on a read-only file system: choose another place with --dataDirectory',
  // Also what Node.js says when it cannot make a folder on a read-only file system.
  ENOENT: 'it is not there, and cannot be made: choose another place with --dataDirectory',
  ENOSPC: 'no space is left on its disk: make room, or choose another place with --dataDirectory',
  EDQUOT: 'the quota of its disk is used up: make room, or choose another place with --dataDirectory',
  EEXIST: 'there is something else of that name: remove it',
  EISDIR: 'there is a folder of that name: remove it',
  ENOTDIR: 'part of it is a file and not a folder: remove that',
};

const textOf = (error: object, name: 'code' | 'path'): string => {
  const value = name in error ? Reflect.get(error, name) : undefined;
  return typeof value === 'string' ? value : '';
};

/** An error of the file system as one that names the file and what to do; every other error as it is. */
const explained = (error: unknown): unknown => {
  if (typeof error !== 'object' || error === null || error instanceof UserError) return error;
  const advice = ADVICE[textOf(error, 'code')];
  const path = textOf(error, 'path');
  return advice && path ? new UserError(`${path}: ${advice}`, { cause: error }) : error;
};

/** Runs a command of the stack. @throws {UserError} for what the file system refuses, and whatever else `command` throws */
export const explainingSystemErrors = async <Result>(command: () => Promise<Result>): Promise<Result> => {
  try {
    return await command();
  } catch (error) {
    throw explained(error);
  }
};
