import type { Clock } from '../clock.ts';

/** Lets one loop sleep until it is rung. A ring while the loop is awake is kept for the next wait. */
export interface Bell {
  ring(): void;
  /** Resolves at a ring, after `ms`, or at once when `stop` is or becomes aborted. */
  wait(ms: number, stop: AbortSignal): Promise<void>;
}

/** A timer takes at most 2^31 - 1 ms. */
const forever = 2_147_483_647;

export function createBell(clock: Clock): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async wait(ms, stop) {
      if (!rung && !stop.aborted) {
        const interrupt = new AbortController();
        wake = () => interrupt.abort();
        stop.addEventListener('abort', wake);
        await clock.sleep(Math.min(ms, forever), interrupt.signal);
        stop.removeEventListener('abort', wake);
        wake = undefined;
      }
      rung = false;
    },
  };
}
