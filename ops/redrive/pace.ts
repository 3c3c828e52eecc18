import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `count` more may go. */
export type Pace = (count: number) => Promise<void>;

/** Limits the rate to `perSecond`, evenly spaced; the first passes at once. */
export const paceOf = (perSecond: number): Pace => {
  let free = performance.now();
  return async (count) => {
    const now = performance.now();
    const wait = free - now;
    free = Math.max(free, now) + (count / perSecond) * 1_000;
    if (wait > 0) await sleep(wait);
  };
};
