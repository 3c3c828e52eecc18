import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { OperatorError } from '../../ops/operator-error.ts';

const gitIn =
  (directory: string) =>
  (...words: string[]): string =>
    execFileSync('git', words, { cwd: directory, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });

/** A working copy of a clone. */
export interface Repository {
  root: string;
  /** Every file that git knows and that is still there. */
  files(): string[];
  read(file: string): string;
  write(file: string, text: string): void;
  remove(file: string): void;
  move(from: string, to: string): void;
  /** Commits everything. @returns how much changed, for people */
  commit(message: string): string;
}

/**
 * Lets `work` change a copy of a clone, and merges its commit into the clone only when everything succeeded.
 * @param isDryRun never merges it
 * @throws {OperatorError} when `directory` is no clone, or has changes that are not committed
 */
export const inCopyOf = async (
  directory: string,
  isDryRun: boolean,
  work: (copy: Repository) => Promise<void>,
): Promise<void> => {
  const git = gitIn(directory);
  const identity = identityIn(directory);
  const root = mkdtempSync(join(tmpdir(), 'adopt-'));
  try {
    git('clone', '--quiet', '--shared', directory, root);
    symlinkSync(join(directory, 'node_modules'), join(root, 'node_modules'), 'junction');
    writeFileSync(join(root, '.git/info/exclude'), 'node_modules\n');
    await work(copyAt(root, identity));
    if (isDryRun) return;
    git('fetch', '--quiet', root, 'HEAD');
    git('merge', '--quiet', '--ff-only', 'FETCH_HEAD');
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
};

/** Who commits. @throws {OperatorError} when the clone is not ready for a commit */
const identityIn = (directory: string): string[] => {
  const git = gitIn(directory);
  let changes: string;
  try {
    changes = git('status', '--porcelain');
  } catch (cause) {
    throw new OperatorError(
      `${directory} is not a git repository. Clone the repository instead of copying it, so that you can see and undo the changes`,
      { cause },
    );
  }
  if (changes !== '') {
    throw new OperatorError(
      `The working tree has changes:\n${changes}Commit or stash them first, so that the adoption is a commit of its own.`,
    );
  }
  try {
    return ['user.name', 'user.email'].flatMap((key) => ['-c', `${key}=${git('config', key).trim()}`]);
  } catch (cause) {
    throw new OperatorError('git has no committer: set git config user.name and user.email', { cause });
  }
};

const copyAt = (root: string, identity: readonly string[]): Repository => {
  const git = gitIn(root);
  return {
    root,
    files: () =>
      git('ls-files', '--cached', '--others', '--exclude-standard', '-z')
        .split('\0')
        .filter((file) => file !== '' && existsSync(join(root, file))),
    read: (file) => readFileSync(join(root, file), 'utf8'),
    write: (file, text) => writeFileSync(join(root, file), text),
    remove: (file) => {
      rmSync(join(root, file));
      removeEmptyFolders(dirname(join(root, file)));
    },
    move: (from, to) => {
      mkdirSync(dirname(join(root, to)), { recursive: true });
      renameSync(join(root, from), join(root, to));
      removeEmptyFolders(dirname(join(root, from)));
    },
    commit: (message) => {
      git('add', '--all');
      git(...identity, 'commit', '--quiet', '--message', message);
      return git('diff', '--shortstat', 'HEAD~').trim();
    },
  };
};

/** Git knows no empty folders; some scripts take every folder for a function. */
const removeEmptyFolders = (folder: string): void => {
  for (let empty = folder; readdirSync(empty).length === 0; empty = dirname(empty)) rmdirSync(empty);
};
