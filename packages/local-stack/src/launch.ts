import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { systemClock } from './clock.ts';
import { findRunningStack, type RunningStack } from './running-stack.ts';
import { type StateDirectory, stateDirectory } from './state-directory.ts';

/** A local stack in a process of its own. */
export interface LaunchedStack {
  processId: number;
  running: RunningStack;
  state: StateDirectory;
  /**
   * Resolves when nothing is under way, to when the last invocation ended, Unix milliseconds.
   * @throws when that takes longer than `timeoutMilliseconds`
   */
  untilQuiet(timeoutMilliseconds: number): Promise<number>;
  /** What `Ref` gives for a logical id of the template. */
  refOf(logicalId: string): string;
  /** Ends the process at once, as a crash would; its data stays. */
  kill(): Promise<void>;
  /** Ends the process in order, as Ctrl-C (SIGINT) does; its data stays. Resolves with its exit status. */
  stop(signal?: 'SIGINT' | 'SIGTERM'): Promise<number | null>;
}

const FREE_PORTS = Object.fromEntries(
  ['http', 'identity', 'lambda', 'console', 'messaging', 'dynamodb'].map((part) => [`${part}Port`, '0']),
);

const wordsOf = (options: Readonly<Record<string, string | true>>): string[] =>
  Object.entries(options).flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, value]));

const startProcess = (options: LaunchOptions): { child: ChildProcess; output: () => string } => {
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv.filter((argument) => argument.startsWith('--cpu-prof')),
      join(import.meta.dirname, '../bin.cjs'),
      'start',
      '--no-watch',
      ...wordsOf({
        quiet: true,
        dataDirectory: options.dataDirectory,
        ...FREE_PORTS,
        ...options.commandOptions,
      }),
      ...Object.entries(options.parameters ?? {}).flatMap(([name, value]) => ['--param', `${name}=${value}`]),
    ],
    {
      cwd: options.serviceDirectory,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.environment },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output = `${output}${chunk}`.slice(-20_000);
    });
  }
  return { child, output: () => output };
};

export interface LaunchOptions {
  serviceDirectory: string;
  /** Where the stack keeps its data. */
  dataDirectory: string;
  /** Serverless parameters, as after `--param`. */
  parameters?: Readonly<Record<string, string>>;
  environment?: Readonly<Record<string, string>>;
  /** Further options of `sls offline start`, for example `{ fresh: true }`. */
  commandOptions?: Readonly<Record<string, string | true>>;
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> => {
  if (!hasEnded(child)) {
    child.kill(signal);
    await once(child, 'exit');
  }
  return child.exitCode;
};

/**
 * Starts the local stack of a service on free ports, in a process of its own.
 * @throws with everything that the process printed when it ends before it is ready
 */
export const launchStack = async (options: LaunchOptions): Promise<LaunchedStack> => {
  const state = stateDirectory(options.dataDirectory);
  const { child, output } = startProcess(options);
  const exited = once(child, 'exit');
  let running = findRunningStack(state, child.pid);
  while (!running) {
    if (hasEnded(child)) throw new Error(`the local stack did not start:\n${output()}`);
    await Promise.race([systemClock.sleep(20), exited]);
    running = findRunningStack(state, child.pid);
  }
  const { consoleUrl } = running;
  const answer = await fetch(`${consoleUrl}/resources`);
  const refs = z.record(z.string(), z.string()).parse(await answer.json());
  return {
    processId: child.pid ?? 0,
    running,
    state,
    refOf: (logicalId) => {
      const ref = refs[logicalId];
      if (ref === undefined) throw new Error(`the template declares no ${logicalId}`);
      return ref;
    },
    untilQuiet: async (timeoutMilliseconds) => {
      const quiet = await fetch(`${consoleUrl}/quiet?timeout=${timeoutMilliseconds}`);
      if (!quiet.ok) throw new Error(`${await quiet.text()}\n${output()}`);
      return z.object({ lastInvocation: z.number() }).parse(await quiet.json()).lastInvocation;
    },
    kill: async () => {
      await end(child, 'SIGKILL');
    },
    stop: (signal = 'SIGTERM') => end(child, signal),
  };
};

/** Forgets everything below a data directory. */
export const forgetData = (dataDirectory: string): Promise<void> =>
  rm(dataDirectory, { recursive: true, force: true });
