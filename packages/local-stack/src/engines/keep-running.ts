import { type Clock, systemClock } from '../clock.ts';
import type { Engine } from './engine.ts';

/** How often an engine may end by itself within this time before it is given up. */
const MAX_ENDS = 5;
const WITHIN_MILLISECONDS = 60_000;
const RETRY_MILLISECONDS = 500;

export interface KeepRunningOptions<Kept extends Engine> {
  /** As people know it. */
  name: string;
  /** Starts the engine. @param port 0 for a free one */
  start: (port: number) => Promise<Kept>;
  port: number;
  /** Lines for people. */
  tell: (line: string) => void;
  /** Called when the engine will not be started again. */
  onLoss: (reason: string) => void;
  clock?: Clock;
}

/** An engine that is started again where it was when it ends by itself. */
export interface KeptEngine<Kept extends Engine> {
  endpoint: string;
  /** The one that runs now, or that ran last. */
  current(): Kept;
  /** How often it has been started again. */
  restarts(): number;
  stop(): Promise<void>;
}

/**
 * Starts an engine and keeps it running on the same port.
 * @throws what `start` throws the first time
 */
export const keepRunning = async <Kept extends Engine>(
  options: KeepRunningOptions<Kept>,
): Promise<KeptEngine<Kept>> => {
  const { name, start, tell, onLoss, clock = systemClock } = options;
  const stopping = new AbortController();
  let current = await start(options.port);
  const { endpoint } = current;
  const port = Number(new URL(endpoint).port);
  const ends: number[] = [];
  let restarts = 0;

  /** @returns whether it runs again */
  const startAgain = async (reason: string): Promise<boolean> => {
    for (let why = reason; ; ) {
      if (stopping.signal.aborted) return false;
      ends.push(clock.now());
      if (ends.filter((at) => at > clock.now() - WITHIN_MILLISECONDS).length > MAX_ENDS) {
        onLoss(`${name} ended ${MAX_ENDS + 1} times within a minute, the last time by ${why}`);
        return false;
      }
      tell(`${name} ended (${why}) and is started again`);
      try {
        current = await start(port);
        restarts += 1;
        tell(`${name} runs again`);
        return true;
      } catch (error) {
        why = error instanceof Error ? error.message : String(error);
        await clock.sleep(RETRY_MILLISECONDS, stopping.signal);
      }
    }
  };

  const watch = async (): Promise<void> => {
    do {
      const reason = await current.ended;
      if (stopping.signal.aborted || !(await startAgain(reason))) return;
    } while (!stopping.signal.aborted);
  };
  const watched = watch();

  return {
    endpoint,
    current: () => current,
    restarts: () => restarts,
    stop: async () => {
      stopping.abort();
      await current.stop();
      await watched;
      // One that was just starting when it was to stop.
      await current.stop();
    },
  };
};
