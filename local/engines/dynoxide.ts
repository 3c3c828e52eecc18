import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { systemClock } from '../clock.ts';
import { UserError } from '../user-error.ts';
import { freePort } from './free-port.ts';

/** A running engine reached over HTTP. */
export interface Engine {
  /** For example `http://127.0.0.1:8000`. */
  endpoint: string;
  stop(): Promise<void>;
}

/** The embedded DynamoDB has no binary for this platform. */
export class NoDynamoDbBinary extends UserError {
  constructor(platform: string) {
    super(
      [
        `There is no embedded DynamoDB installed for ${platform}. Either`,
        `  npm install --no-save @dynoxide/${platform}        (if the package exists for your platform)`,
        'or run any DynamoDB with Streams and name it, for example DynamoDB Local:',
        '  docker run -p 127.0.0.1:8000:8000 amazon/dynamodb-local',
        '  AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000 npm start',
      ].join('\n'),
    );
    this.name = 'NoDynamoDbBinary';
  }
}

/** @throws {NoDynamoDbBinary} when the platform's package is not installed. */
const dynoxideBinary = (platform: string): string => {
  const file = platform.startsWith('win32') ? 'dynoxide.exe' : 'dynoxide';
  try {
    return createRequire(import.meta.url).resolve(`@dynoxide/${platform}/${file}`);
  } catch (cause) {
    throw Object.assign(new NoDynamoDbBinary(platform), { cause });
  }
};

// The engine must not outlive the process that started it, not even one ended by kill -9: the shell holds the
// read end of a pipe whose write end dies with us, and ends the engine when the pipe closes. Detached, so that
// Ctrl-C in a terminal reaches only the stack, which then stops its engines in order.
const WATCHED = '"$@" & engine=$!; cat >/dev/null; kill "$engine" 2>/dev/null; wait "$engine"';

const spawnWatched = (command: string, args: string[]): ChildProcess =>
  process.platform === 'win32'
    ? spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'] })
    : spawn('sh', ['-c', WATCHED, 'sh', command, ...args], {
        stdio: ['pipe', 'ignore', 'pipe'],
        detached: true,
      });

const answers = (endpoint: string): Promise<boolean> =>
  fetch(endpoint, { signal: AbortSignal.timeout(1_000) }).then(
    () => true,
    () => false,
  );

/**
 * Starts the embedded DynamoDB with Streams on 127.0.0.1.
 * @param options.databaseFile where it keeps its data; in memory when absent
 * @param options.port a free one when absent
 * @param options.platform this machine's when absent, for example `linux-x64`
 * @throws {NoDynamoDbBinary} on a platform without its package
 * @throws {Error} with the engine's own words when it does not start
 */
export const startDynoxide = async (
  options: { databaseFile?: string; port?: number; platform?: string } = {},
): Promise<Engine> => {
  const binary = dynoxideBinary(options.platform ?? `${process.platform}-${process.arch}`);
  const port = options.port ?? (await freePort());
  const endpoint = `http://127.0.0.1:${port}`;
  const storage = options.databaseFile ? ['--db-path', options.databaseFile] : [];
  const child = spawnWatched(binary, ['serve', '--host', '127.0.0.1', '--port', `${port}`, ...storage]);

  let words = '';
  let ended = false;
  child.stderr?.on('data', (chunk: Buffer) => {
    words = `${words}${chunk}`.slice(-4_000);
  });
  const exit = new Promise<void>((resolve) => {
    child.once('exit', () => {
      ended = true;
      resolve();
    });
  });

  const deadline = Date.now() + 10_000;
  while (!(await answers(endpoint))) {
    if (ended || Date.now() > deadline) {
      child.stdin?.end();
      throw new Error(
        `the embedded DynamoDB did not start on port ${port}: ${words.trim() || 'it said nothing'}`,
      );
    }
    await systemClock.sleep(10);
  }
  return {
    endpoint,
    stop: async () => {
      child.stdin?.end();
      await exit;
    },
  };
};
