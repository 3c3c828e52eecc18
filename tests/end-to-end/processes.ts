import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { systemClock } from '#local/clock.ts';

const commandLines = async (): Promise<string[]> => {
  if (!existsSync('/proc/self/cmdline')) {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'args=']);
    return stdout.split('\n');
  }
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // A process may end while its line is read.
  return Promise.all(processes.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
};

/** The command lines of the processes that work on a data directory: the stack and its engine. */
export const processesOn = async (dataDirectory: string): Promise<string[]> =>
  (await commandLines())
    .map((line) => line.replaceAll('\0', ' '))
    .filter((line) => line.includes(dataDirectory));

/** Waits until a condition holds. @throws naming it when that takes longer than ten seconds */
export const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await systemClock.sleep(20);
  }
};
