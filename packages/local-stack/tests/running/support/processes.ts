import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { systemClock } from '../../../src/clock.ts';

/** The processes whose command line holds a text: with a data directory the stack on it and its engine. */
export const processesOn = async (text: string): Promise<{ id: number; command: string }[]> => {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,args=']);
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+) (.*)$/.exec(line))
    .flatMap((match) => (match?.[2]?.includes(text) ? { id: Number(match[1]), command: match[2] } : []));
};

/** Waits until a condition holds. @throws naming it when that takes longer than `seconds` */
export const until = async (
  what: string,
  holds: () => boolean | Promise<boolean>,
  seconds = 20,
): Promise<void> => {
  const deadline = Date.now() + seconds * 1_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s in vain: ${what}`);
    await systemClock.sleep(20);
  }
};
