import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The fuzzer cannot be had on this machine; the message says why. */
export class NoFuzzer extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'NoFuzzer';
  }
}

const run = (command: string, args: string[]): void => {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (error) throw new NoFuzzer(`${command} does not start: ${error.message}`);
  if (status !== 0) throw new NoFuzzer(`${command} ${args.join(' ')} failed:\n${stderr.slice(-2_000)}`);
};

/**
 * Installs the pinned version of Schemathesis below `cache`, once, in a virtual environment of its own.
 * @returns the path of its command
 * @throws {NoFuzzer} when there is no Python, or its packages cannot be reached
 */
export const installFuzzer = (requirements: string, cache: string): string => {
  const version = readFileSync(requirements, 'utf8').trim().replace('==', '-');
  const environment = join(cache, version);
  const command = join(environment, 'bin', 'st');
  if (existsSync(command)) return command;
  mkdirSync(cache, { recursive: true });
  try {
    run('python3', ['-m', 'venv', environment]);
    run(join(environment, 'bin', 'pip'), [
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--requirement',
      requirements,
    ]);
  } catch (error) {
    rmSync(environment, { recursive: true, force: true });
    throw error;
  }
  return command;
};
