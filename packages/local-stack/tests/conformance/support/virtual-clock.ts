import type { Clock } from '../../../src/clock.ts';

/** A clock that moves only when told, and then at once. */
export interface VirtualClock extends Clock {
  /** Lets `ms` pass: every sleeper wakes at its own moment and runs until it sleeps again. */
  advance(ms: number): Promise<void>;
  /** Lets `ms` pass at once, as for a machine that slept: sleepers wake when it is over. */
  oversleep(ms: number): Promise<void>;
  /** Lets time pass until `condition` holds; throws when it does not within `limitMs`. */
  until(condition: () => boolean, limitMs?: number): Promise<void>;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Lets everything that waits for promises only run as far as it gets. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

export function createVirtualClock(start = Date.parse('2026-01-15T10:00:00.000Z')): VirtualClock {
  let now = start;
  const sleepers = new Set<Sleeper>();

  function next(until: number): Sleeper | undefined {
    let first: Sleeper | undefined;
    for (const sleeper of sleepers)
      if (sleeper.at <= until && (first === undefined || sleeper.at < first.at)) first = sleeper;
    return first;
  }

  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const wake = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper: Sleeper = { at: now + Math.max(0, ms), wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', wake);
      }),
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (let sleeper = next(end); sleeper; sleeper = next(end)) {
        now = Math.max(now, sleeper.at);
        sleeper.wake();
        await settle();
      }
      now = end;
    },
    async oversleep(ms) {
      await settle();
      now += ms;
      for (let sleeper = next(now); sleeper; sleeper = next(now)) {
        sleeper.wake();
        await settle();
      }
    },
    async until(condition, limitMs = 3_600_000) {
      const end = now + limitMs;
      await settle();
      while (!condition()) {
        const sleeper = next(end);
        if (!sleeper) throw new Error(`The condition did not hold within ${limitMs} ms of virtual time`);
        now = Math.max(now, sleeper.at);
        sleeper.wake();
        await settle();
      }
    },
  };
}
