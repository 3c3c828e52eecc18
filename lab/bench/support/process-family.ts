import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** What a process and all that it started use. Linux only: elsewhere there are no figures, and NaN is answered. */
export interface Usage {
  /** So far. */
  cpuSeconds: number;
  /** Resident now, in MB (2^20 bytes). */
  residentMegabytes: number;
}

const CLOCK_TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4_096;

/** Fields of /proc/<pid>/stat after the command's name, which may hold anything; none of a process that is gone. */
const statOf = (id: string): string[] => {
  try {
    return readFileSync(`/proc/${id}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  } catch {
    return [];
  }
};

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export const usageOf = (processId: number): Usage => {
  if (process.platform !== 'linux') return { cpuSeconds: Number.NaN, residentMegabytes: Number.NaN };
  const stats = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((id) => [id, statOf(id)]),
  );
  const family = [`${processId}`];
  for (const parent of family) {
    family.push(...[...stats].filter(([, [, ppid]]) => ppid === parent).map(([id]) => id));
  }
  const sum = (figureOf: (stat: string[]) => number) =>
    family.reduce((total, id) => total + figureOf(stats.get(id) ?? []), 0);
  return {
    cpuSeconds: sum((stat) => Number(stat[11] ?? 0) + Number(stat[12] ?? 0)) / CLOCK_TICKS_PER_SECOND,
    residentMegabytes: (sum((stat) => Number(stat[21] ?? 0)) * PAGE_BYTES) / 2 ** 20,
  };
};

/** CPU seconds that all processes of the machine have used since it started. */
export const machineCpuSeconds = (): number =>
  cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1_000;
