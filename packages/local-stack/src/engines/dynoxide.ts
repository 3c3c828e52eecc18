import { createRequire } from 'node:module';
import { systemClock } from '../clock.ts';
import { UserError } from '../user-error.ts';
import { type Engine, notStarted } from './engine.ts';
import { type EngineProcess, startEngineProcess } from './engine-process.ts';
import { freePort } from './free-port.ts';
import { indexStreamRecords } from './index-stream-records.ts';

/** Platforms that the engine is published for, by Node.js' `process.platform` and `process.arch`. */
const PLATFORMS: readonly string[] = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-x64'];

/** The embedded DynamoDB is not installed for this platform. */
export class NoDynamoDbBinary extends UserError {
  override name = 'NoDynamoDbBinary';
  constructor(platform: string, options?: ErrorOptions) {
    super(
      [
        `there is no embedded DynamoDB for ${platform}.`,
        ...(PLATFORMS.includes(platform)
          ? [`It is an optional package that was left out: npm install --include=optional`]
          : [
              'Build the same engine (open source, Rust) and name it, or any other DynamoDB that has Streams:',
              '  cargo install dynoxide-rs && dynoxide serve --port 8000',
              '  AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000 npm start',
            ]),
      ].join('\n'),
      options,
    );
  }
}

/**
 * The engine's program.
 * @param platform this machine's when absent, for example `linux-x64`
 * @throws {NoDynamoDbBinary} when the platform's package is not installed
 */
export const dynoxideBinary = (platform = `${process.platform}-${process.arch}`): string => {
  const file = platform.startsWith('win32') ? 'dynoxide.exe' : 'dynoxide';
  try {
    return createRequire(import.meta.url).resolve(`@dynoxide/${platform}/${file}`);
  } catch (cause) {
    throw new NoDynamoDbBinary(platform, { cause });
  }
};

// The engine does one thing at a time, on one connection to its database: more threads only hand it around.
const ENVIRONMENT = { TOKIO_WORKER_THREADS: '1' };

/** An embedded DynamoDB, whose process can be named. */
export interface DynamoDbEngine extends Engine {
  processId: number;
}

/**
 * Starts the embedded DynamoDB with Streams on 127.0.0.1.
 * @param options.databaseFile where it keeps its data; in memory when absent
 * @param options.port a free one when absent or 0
 * @throws {NoDynamoDbBinary} on a platform without its package
 * @throws {UserError} with the engine's own words when it does not start on its data, {Error} without data
 */
export const startDynoxide = async (
  options: { databaseFile?: string; port?: number } = {},
): Promise<DynamoDbEngine> => {
  const { databaseFile, port = 0 } = options;
  const engine = port === 0 ? await startOnFreePort(databaseFile) : await startOn(port, databaseFile);
  try {
    if (databaseFile) indexStreamRecords(databaseFile);
    return engine;
  } catch (error) {
    await engine.stop();
    throw error;
  }
};

const startOnFreePort = async (databaseFile?: string): Promise<DynamoDbEngine> => {
  // A port that was free a moment ago may be another's by now.
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOn(await freePort(), databaseFile);
    } catch (error) {
      if (attempt === ATTEMPTS || !String(error).includes('in use')) throw error;
    }
  }
};

const ATTEMPTS = 5;

const startOn = async (port: number, databaseFile?: string): Promise<DynamoDbEngine> => {
  const storage = databaseFile ? ['--db-path', databaseFile] : [];
  const args = ['serve', '--host', '127.0.0.1', '--port', `${port}`, ...storage];
  const engine = startEngineProcess(dynoxideBinary(), args, ENVIRONMENT);
  const output = lastOutput(engine);
  const endpoint = await listening(engine, output);
  if (endpoint === undefined) {
    await engine.stop();
    throw notStarted('DynamoDB', output().trim() || (await engine.ended), databaseFile);
  }
  return {
    endpoint,
    processId: engine.id,
    ended: engine.ended.then((how) => [how, output().trim()].filter(Boolean).join(': ')),
    stop: engine.stop,
  };
};

const OUTPUT_LENGTH = 4_000;

const lastOutput = (engine: EngineProcess): (() => string) => {
  let output = '';
  engine.onOutput((text) => {
    output = `${output}${text}`.slice(-OUTPUT_LENGTH);
  });
  return () => output;
};

const START_MILLISECONDS = 10_000;
// To the end of the line: what the engine says arrives in pieces.
const LISTENING = /listening on (http:\/\/\S+)\s/;

/**
 * The address that the engine itself says it listens on: another engine may answer where it could not.
 * @returns undefined when it ends or takes too long
 */
const listening = async (engine: EngineProcess, output: () => string): Promise<string | undefined> => {
  const said = new Promise<string>((resolve) => {
    engine.onOutput(() => {
      const [, endpoint] = LISTENING.exec(output()) ?? [];
      if (endpoint) resolve(endpoint);
    });
  });
  const tooLate = new AbortController();
  const endpoint = await Promise.race([
    said,
    engine.ended.then(() => undefined),
    systemClock.sleep(START_MILLISECONDS, tooLate.signal).then(() => undefined),
  ]);
  tooLate.abort();
  return endpoint;
};
