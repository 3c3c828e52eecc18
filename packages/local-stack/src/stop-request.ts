import { systemClock } from './clock.ts';

/** Ctrl-C, `kill`, and a terminal that is closed (on Windows also Ctrl-Break and the closing of its window). */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const satisfies NodeJS.Signals[];

/** One Ctrl-C can arrive twice: from the terminal, and from npm, which passes it on. */
const SAME_PRESS_MILLISECONDS = 1_000;
const PARENT_LOOK_MILLISECONDS = 500;

/** A request to stop this process cleanly. */
export interface StopRequest {
  /** Aborted when that is so. */
  readonly signal: AbortSignal;
  /** As if somebody had. */
  request(): void;
  /** Listens no more: the next signal ends the process at once. */
  ignore(): void;
}

/**
 * Listens for whatever asks a stack to stop: a signal, the end of the process that launched it (see `launch.ts`), or the
 * end of the npm that runs it. npm passes signals on to a shell only, which dies of them and leaves its command running.
 * A second press of Ctrl-C ends the process at once.
 */
export const listenForStop = (): StopRequest => {
  const request = new AbortController();
  const listening = new AbortController();
  let requestedAt = 0;

  const stop = () => {
    if (requestedAt === 0) requestedAt = performance.now();
    request.abort();
  };
  const onSignal = (signal: NodeJS.Signals) => {
    if (requestedAt === 0 || performance.now() - requestedAt < SAME_PRESS_MILLISECONDS) return stop();
    ignore();
    process.kill(process.pid, signal);
  };
  const ignore = () => {
    listening.abort();
    for (const signal of SIGNALS) process.off(signal, onSignal);
    process.off('disconnect', stop);
    if (process.connected) process.disconnect();
  };
  const watchParent = async () => {
    const parent = process.ppid;
    while (process.ppid === parent && !listening.signal.aborted) {
      await systemClock.sleep(PARENT_LOOK_MILLISECONDS, listening.signal);
    }
    if (!listening.signal.aborted) stop();
  };

  for (const signal of SIGNALS) process.on(signal, onSignal);
  if (process.connected) process.on('disconnect', stop);
  if (process.env.npm_lifecycle_event !== undefined) void watchParent();
  return { signal: request.signal, request: stop, ignore };
};
