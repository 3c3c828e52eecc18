import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pythonTool } from '../../scripts/python-tool.ts';
import { until } from '../../tests/support/until.ts';

/**
 * Installs what a judge's `requirements.txt` pins, once.
 * @returns the Python that finds it
 * @throws {ToolUnreachable} when it cannot be had
 */
export const pythonOf = (directory: string): string => {
  const pinned = readFileSync(join(directory, 'requirements.txt'), 'utf8').split('\n').filter(Boolean);
  return join(pythonTool(...pinned), 'python');
};

/** A server in a process of its own. */
export interface PythonServer {
  endpoint: string;
  stop(): Promise<void>;
}

const START_MS = 60_000;

/**
 * Starts a server and waits until it answers anything.
 * @param words after Python's name
 * @param port the one that the words tell it to listen on
 * @throws when it ends before it answers; what it said stands on stderr
 */
export const startPython = async (
  python: string,
  words: readonly string[],
  port: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<PythonServer> => {
  const endpoint = `http://127.0.0.1:${port}`;
  const child = spawn(python, words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PYTHONUNBUFFERED: '1', ...environment },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-4_000);
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  try {
    await until(`${words.join(' ')} answers`, START_MS, async () => {
      if (child.exitCode !== null)
        throw new Error(`${words.join(' ')} ended with ${child.exitCode}: ${said}`);
      // Any answer will do, 404 too.
      return fetch(`${endpoint}/judge`).then(
        () => true,
        () => false,
      );
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, stop };
};
