import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serviceDirectory } from './service-copy.ts';

/** A Python tool cannot be had on this machine; the message says why. */
export class ToolUnreachable extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'ToolUnreachable';
  }
}

// What pip says when it is cut off; the first is also what it says of a version that is no longer there.
const CUT_OFF =
  /No matching distribution|connection broken|Max retries exceeded|NewConnectionError|Name or service not known|timed out/i;

const run = (command: string, words: readonly string[]): void => {
  const { status, error, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  if (error) throw new ToolUnreachable(`${command} does not start: ${error.message}`);
  if (status === 0) return;
  if (CUT_OFF.test(stderr))
    throw new ToolUnreachable(`pip cannot reach its registry:\n${stderr.slice(-500)}`);
  throw new Error(`${command} ${words.join(' ')} failed:\n${stderr.slice(-2_000)}`);
};

/**
 * Installs pinned Python packages into a virtual environment of their own below `.cache`, once.
 * @param requirements the tool, for example `cfn-lint==1.58.0`, and what else it is to find
 * @returns the directory of its commands
 * @throws {ToolUnreachable} when there is no Python, or pip cannot reach its registry
 */
export const pythonTool = (...requirements: readonly string[]): string => {
  const environment = join(serviceDirectory, '.cache', requirements.join('+').replaceAll('==', '-'));
  const commands = join(environment, 'bin');
  const complete = join(environment, 'complete');
  if (existsSync(complete)) return commands;
  rmSync(environment, { recursive: true, force: true });
  mkdirSync(environment, { recursive: true });
  run('python3', ['-m', 'venv', environment]);
  run(join(commands, 'pip'), ['install', '--quiet', '--disable-pip-version-check', ...requirements]);
  writeFileSync(complete, '');
  return commands;
};

/** Reports loudly that something was not checked, so that nobody mistakes it for a pass. */
export const skipLoudly = (what: string, { message }: Error): void => {
  console.error(`\n*** SKIPPED: ${what.toUpperCase()} ***\n${message}\n`);
};
