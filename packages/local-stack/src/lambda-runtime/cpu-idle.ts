import { cpus } from 'node:os';

/** Shorter ones are too coarse: the system counts in hundredths of a second. */
const SAMPLE_MILLISECONDS = 190;
/** After this time without a question, the last sample says nothing about now. */
const STALE_MILLISECONDS = 1_000;

const totals = (): { idle: number; all: number } => {
  let idle = 0;
  let all = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { idle, all };
};

/**
 * How idle the machine's cores were recently: 0 when every core was busy, 1 when none was, or when there is no recent sample.
 * @returns a function to ask at any time; it looks at the machine 5 times a second at most
 */
export const createCpuIdleMeter = (): (() => number) => {
  let last = totals();
  let lastAt = performance.now();
  let share = 1;
  return () => {
    const now = performance.now();
    const since = now - lastAt;
    if (since < SAMPLE_MILLISECONDS) return share;
    const current = totals();
    const all = current.all - last.all;
    if (since > STALE_MILLISECONDS) share = 1;
    else if (all > 0) share = (current.idle - last.idle) / all;
    last = current;
    lastAt = now;
    return share;
  };
};
