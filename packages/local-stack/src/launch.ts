import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { interruptible, unlessAborted } from './interruption.ts';
import { RunningStack } from './running-stack.ts';
import { type StateDirectory, stateDirectory } from './state-directory.ts';
import { temporaryDirectory } from './temporary-directory.ts';

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
  /** Resolves when the process has ended, for whatever reason, with its exit status. */
  ended: Promise<number | null>;
  /** The latest of what the process has printed, 20,000 characters at most. */
  output(): string;
  /** What `Ref` gives for a logical id of the template. */
  refOf(logicalId: string): string;
  /** Ends the process at once, as a crash would; its data stays. */
  kill(): Promise<void>;
  /**
   * Ends the process in order; its data stays. Resolves with its exit status.
   * @param signal how to tell it; absent, by the channel that every platform has
   */
  stop(signal?: 'SIGINT' | 'SIGTERM'): Promise<number | null>;
}

const FREE_PORTS = Object.fromEntries(
  ['http', 'identity', 'lambda', 'console', 'messaging', 'dynamodb'].map((part) => [`${part}Port`, '0']),
);

const wordsOf = (options: Readonly<Record<string, string | boolean>>): string[] =>
  Object.entries(options).flatMap(([name, value]) => {
    if (typeof value === 'string') return [`--${name}`, value];
    return [value ? `--${name}` : `--no-${name}`];
  });

const startProcess = (options: LaunchOptions): { child: ChildProcess; output: () => string } => {
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv.filter((argument) => argument.startsWith('--cpu-prof')),
      join(import.meta.dirname, '../bin.cjs'),
      'start',
      ...wordsOf({
        watch: false,
        quiet: true,
        dataDirectory: options.dataDirectory,
        ...FREE_PORTS,
        ...options.commandOptions,
      }),
      ...Object.entries(options.parameters ?? {}).flatMap(([name, value]) => ['--param', `${name}=${value}`]),
    ],
    {
      cwd: options.serviceDirectory,
      // The channel tells the stack to stop when this process ends, however it ends (`stop-request.ts`).
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
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
  /** Options of `local-stack start`, for example `{ fresh: true, quiet: false }`. */
  commandOptions?: Readonly<Record<string, string | boolean>>;
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

const end = async (child: ChildProcess, tell: (child: ChildProcess) => void): Promise<number | null> => {
  if (!hasEnded(child)) {
    const exited = once(child, 'exit');
    tell(child);
    await exited;
  }
  return child.exitCode;
};

const closeChannel = (child: ChildProcess): void => {
  if (child.connected) child.disconnect();
};

/** @throws with what the process printed, or the signal's reason, when it ends first */
const untilReady = (child: ChildProcess, output: () => string, signal?: AbortSignal): Promise<RunningStack> =>
  new Promise((resolve, reject) => {
    const giveUp = () => closeChannel(child);
    child.once('message', (message) => {
      signal?.removeEventListener('abort', giveUp);
      resolve(RunningStack.parse(message));
    });
    child.once('close', () => {
      reject(signal?.aborted ? signal.reason : new Error(`the local stack did not start:\n${output()}`));
    });
    signal?.addEventListener('abort', giveUp, { once: true });
  });

/**
 * Starts the local stack of a service on free ports, in a process of its own, which ends in order when this one ends.
 * @param signal gives the start up, and does nothing to a stack that runs
 * @throws with everything that the process printed when it ends before it is ready, with the signal's reason when it was
 *   given up; no process is left
 */
export const launchStack = async (options: LaunchOptions, signal?: AbortSignal): Promise<LaunchedStack> => {
  const state = stateDirectory(options.dataDirectory);
  const { child, output } = startProcess(options);
  const ended = once(child, 'close').then(() => child.exitCode);
  const running = await untilReady(child, output, signal);
  const { consoleUrl } = running;
  const answer = await fetch(`${consoleUrl}/resources`);
  const refs = z.record(z.string(), z.string()).parse(await answer.json());
  return {
    processId: child.pid ?? 0,
    running,
    state,
    ended,
    output,
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
      await end(child, () => child.kill('SIGKILL'));
    },
    stop: (by) => end(child, () => (by ? child.kill(by) : closeChannel(child))),
  };
};

/**
 * Runs `work` on a local stack whose data are gone afterwards. A signal to this process (Ctrl-C, SIGTERM, a closed
 * terminal) cuts `work` short: the stack ends in order, its data are removed, and then this process ends by the signal.
 * @param name of the folder for the data, for people who come across it
 */
export const withTemporaryStack = <Result>(
  name: string,
  options: Omit<LaunchOptions, 'dataDirectory'>,
  work: (stack: LaunchedStack, interrupted: AbortSignal) => Promise<Result>,
): Promise<Result> =>
  interruptible(async (interrupted) => {
    const data = temporaryDirectory(options.serviceDirectory, name);
    try {
      const stack = await launchStack({ ...options, dataDirectory: data.path }, interrupted);
      try {
        return await unlessAborted(interrupted, work(stack, interrupted));
      } finally {
        await stack.stop();
      }
    } finally {
      await data.remove();
    }
  });

/** Forgets everything below a data directory. */
export const forgetData = (dataDirectory: string): Promise<void> =>
  rm(dataDirectory, { recursive: true, force: true });
