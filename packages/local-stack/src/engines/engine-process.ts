import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { systemClock } from '../clock.ts';

/** A program that runs beside this process and does not outlive it, not even when this process is killed. */
export interface EngineProcess {
  /** Process id of what was started: on Windows the program's, elsewhere that of the shell which watches it. */
  id: number;
  /** Called with what the program writes to its standard error. */
  onOutput(listener: (text: string) => void): void;
  /** Resolves when the program has ended, to how: `exit status 1`, `signal SIGKILL`, or why it could not be started. */
  ended: Promise<string>;
  /** Ends the program, and if need be by force. Resolves when it is gone. */
  stop(): Promise<void>;
}

// The shell holds the read end of a pipe whose write end dies with this process, and ends the program when the pipe closes.
// It ends with the program, as the program did.
const WATCH = [
  'exec 3<&0',
  '"$@" 3<&- & engine=$!',
  '{ cat <&3 >/dev/null; kill "$engine" 2>/dev/null; } &',
  'wait "$engine"',
].join('\n');

const ORDERLY_STOP_MILLISECONDS = 5_000;

/**
 * Starts a program. On Windows the system ends it with this process (libuv keeps children in a job object); elsewhere a
 * shell does, in a process group of its own, so that Ctrl-C in a terminal reaches this process only, which then stops its
 * engines in order.
 * @param platform this machine's when absent
 */
export const startEngineProcess = (
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  platform = process.platform,
): EngineProcess => {
  const isWindows = platform === 'win32';
  const options: SpawnOptions = {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
  };
  const child: ChildProcess = isWindows
    ? spawn(command, args, options)
    : spawn('sh', ['-c', WATCH, 'sh', command, ...args], { ...options, detached: true });
  // Nothing is written to it; it may break when the program ends.
  child.stdin?.on('error', () => {});
  const ended = once(child, 'exit').then(
    ([code, signal]) => {
      // A program that outlives its shell ends with the pipe.
      child.stdin?.destroy();
      return signal === null ? `exit status ${code}` : `signal ${signal}`;
    },
    (error: unknown) => String(error),
  );

  const killAll = () => {
    try {
      if (isWindows) child.kill('SIGKILL');
      else if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It ended in between.
    }
  };

  return {
    id: child.pid ?? 0,
    onOutput: (listener) => child.stderr?.on('data', (chunk: Buffer) => listener(chunk.toString())),
    ended,
    stop: async () => {
      if (isWindows) child.kill();
      child.stdin?.end();
      const inTime = new AbortController();
      void systemClock.sleep(ORDERLY_STOP_MILLISECONDS, inTime.signal).then(() => {
        if (!inTime.signal.aborted) killAll();
      });
      await ended;
      inTime.abort();
    },
  };
};
