import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { systemClock } from '../clock.ts';
import { UserError } from '../user-error.ts';
import { freePort } from './free-port.ts';
import { indexStreamRecords } from './index-stream-records.ts';
import { withoutSync } from './without-sync.ts';

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
// read end of a pipe whose write end dies with us, and ends the engine when the pipe closes. It ends with the engine
// too. Detached, so that Ctrl-C in a terminal reaches only the stack, which then stops its engines in order.
const WATCHED = [
  'exec 3<&0',
  '"$@" 3<&- & engine=$!',
  '{ cat <&3 >/dev/null; kill "$engine" 2>/dev/null; } &',
  'wait "$engine"',
].join('\n');

// The engine does one thing at a time, on one connection to its database: more threads only hand it around.
const ENVIRONMENT = { ...process.env, TOKIO_WORKER_THREADS: '1' };

const spawnWatched = (command: string, args: string[]): ChildProcess =>
  process.platform === 'win32'
    ? spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'], env: ENVIRONMENT })
    : spawn('sh', ['-c', WATCHED, 'sh', ...withoutSync(), command, ...args], {
        stdio: ['pipe', 'ignore', 'pipe'],
        env: ENVIRONMENT,
        detached: true,
      });

/**
 * Starts the embedded DynamoDB with Streams on 127.0.0.1.
 * @param options.databaseFile where it keeps its data; in memory when absent
 * @param options.port a free one when absent or 0
 * @param options.platform this machine's when absent, for example `linux-x64`
 * @throws {NoDynamoDbBinary} on a platform without its package
 * @throws {Error} with the engine's own words when it does not start
 */
export const startDynoxide = async (
  options: { databaseFile?: string; port?: number; platform?: string } = {},
): Promise<Engine> => {
  const binary = dynoxideBinary(options.platform ?? `${process.platform}-${process.arch}`);
  const storage = options.databaseFile ? ['--db-path', options.databaseFile] : [];
  const engine =
    options.port === undefined || options.port === 0
      ? await startOnFreePort(binary, storage)
      : await startOn(options.port, binary, storage);
  try {
    if (options.databaseFile) indexStreamRecords(options.databaseFile);
    return engine;
  } catch (error) {
    await engine.stop();
    throw error;
  }
};

const startOnFreePort = async (binary: string, storage: string[]): Promise<Engine> => {
  // A port that was free a moment ago may be another's by now.
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOn(await freePort(), binary, storage);
    } catch (error) {
      if (attempt === ATTEMPTS || !String(error).includes('in use')) throw error;
    }
  }
};

const ATTEMPTS = 5;

const startOn = async (port: number, binary: string, storage: string[]): Promise<Engine> => {
  const child = spawnWatched(binary, ['serve', '--host', '127.0.0.1', '--port', `${port}`, ...storage]);
  const exit = once(child, 'exit');
  const endpoint = await listening(child, exit);
  return {
    endpoint,
    stop: async () => {
      child.stdin?.end();
      await exit;
    },
  };
};

const START_MILLISECONDS = 10_000;
// To the end of the line: what the engine says arrives in pieces.
const LISTENING = /listening on (http:\/\/\S+)\s/;

/** The address that the engine itself says it listens on: another engine may answer where it could not. */
const listening = async (child: ChildProcess, exit: Promise<unknown>): Promise<string> => {
  let words = '';
  const said = new Promise<string>((resolve) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      words = `${words}${chunk}`.slice(-4_000);
      const [, endpoint] = LISTENING.exec(words) ?? [];
      if (endpoint) resolve(endpoint);
    });
  });
  const tooLate = new AbortController();
  const endpoint = await Promise.race([
    said,
    exit.then(() => undefined),
    systemClock.sleep(START_MILLISECONDS, tooLate.signal).then(() => undefined),
  ]);
  tooLate.abort();
  if (endpoint) return endpoint;
  child.stdin?.end();
  throw new Error(`the embedded DynamoDB did not start: ${words.trim() || 'it said nothing'}`);
};
