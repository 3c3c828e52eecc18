import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { freePort } from '../../packages/local-stack/src/engines/free-port.ts';
import { until } from '../../tests/support/until.ts';

export interface Emulator {
  endpoint: string;
  /** The environment that points an AWS SDK, and so the framework, at the emulator and nowhere else. */
  environment: Record<string, string>;
  /** Of its log, for whoever has to find out what went wrong. */
  lastLines(count: number): Promise<string>;
  stop(): Promise<void>;
}

const stopped = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const impatient = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await exit;
  clearTimeout(impatient);
};

/**
 * Starts MiniStack on this machine's own interface, in an environment that holds nothing of the caller's.
 * @param commands the directory of the virtual environment's commands
 * @param directory for its files and its log; nothing is left elsewhere
 */
export const startEmulator = async (commands: string, directory: string): Promise<Emulator> => {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const temporary = join(directory, 'tmp');
  await mkdir(temporary, { recursive: true });
  const child = spawn(join(commands, 'python'), ['-m', 'ministack'], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      // It runs the functions with the first `node` it finds: this process's own, which is Lambda's version.
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      HOME: directory,
      TMPDIR: temporary,
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      // Listeners of their own that nothing here needs.
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
    },
  });
  const logFile = join(directory, 'emulator.log');
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const stop = async () => {
    await stopped(child);
    log.end();
  };
  try {
    await until('the emulator answers', 20_000, async () => {
      if (child.exitCode !== null) throw new Error(`the emulator ended with ${child.exitCode}`);
      return fetch(`${endpoint}/_ministack/health`).then(
        ({ ok }) => ok,
        () => false,
      );
    });
  } catch (error) {
    await stop();
    throw error;
  }
  const environment = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'rehearsal',
    AWS_SECRET_ACCESS_KEY: 'rehearsal',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const lastLines = async (count: number) =>
    (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-count).join('\n');
  return { endpoint, environment, lastLines, stop };
};
