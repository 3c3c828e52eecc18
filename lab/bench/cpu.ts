import { bareBundles, serviceBundle } from './support/bundles.ts';
import { BARE, CASES, startStubbed } from './support/cases.ts';
import type { FunctionProcess } from './support/function-process.ts';
import { type Row, runAlone } from './support/row.ts';
import { alternately, median } from './support/statistics.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 9);
/** Rounds in which the compiler still finds something to do. */
const WARM_UP = 6;
const MOST = 2;
const LEAST_EVENTS_A_SECOND = 20_000;

/** Microseconds of CPU that an event takes, after warming up; of the whole process, its collector and compiler too. */
const microsecondsOf = async (process: FunctionProcess, event: unknown, times: number, events: number) =>
  ((await process.invoke(event, times)).cpuMilliseconds * 1_000) / times / events;

/**
 * CPU of the packaged functions for an event, warm, against their SDK calls alone. HTTP is answered inside the process
 * at `http.request`, so that all that handlers and SDK do is counted, and neither sockets nor whoever is behind them.
 */
export const cpu = async (): Promise<Row[]> => {
  const bare = await bareBundles(BARE);
  const started: FunctionProcess[] = [];
  const start = async (file: string, environment: Record<string, string>) => {
    const process = await startStubbed(file, environment);
    started.push(process);
    return process;
  };
  try {
    const rows: Row[] = [];
    for (const { name, what, times, events, event, input } of CASES) {
      const { file, environment } = await serviceBundle(name);
      const ours = await start(file, environment);
      const sdk = await start(bare.fileOf(name), environment);
      const figures = await alternately(WARM_UP + ROUNDS, {
        ours: () => microsecondsOf(ours, event, times, events),
        sdk: () => microsecondsOf(sdk, input, times, events),
      });
      const ofOurs = median((figures.get('ours') ?? []).slice(WARM_UP));
      const ofSdk = median((figures.get('sdk') ?? []).slice(WARM_UP));
      rows.push({
        what: `CPU, ${name}, ${what}`,
        against: `the SDK calls alone, ${ofSdk.toFixed(0)} µs an event`,
        measured: `${ofOurs.toFixed(0)} µs an event`,
        ratio: (ofOurs / ofSdk).toFixed(2),
        goal: `≤ ${MOST}`,
        met: ofOurs / ofSdk <= MOST,
      });
      if (name !== 'broadcaster') continue;
      const eventsASecond = 1_000_000 / ofOurs;
      rows.push({
        what: 'broadcaster, events a second and core, without the network',
        against: '-',
        measured: `${Math.round(eventsASecond / 100) * 100} events/s`,
        ratio: '-',
        goal: `≥ ${LEAST_EVENTS_A_SECOND}`,
        met: eventsASecond >= LEAST_EVENTS_A_SECOND,
      });
    }
    return rows;
  } finally {
    await Promise.all(started.map((process) => process.stop()));
    await bare.remove();
  }
};

if (import.meta.main) await runAlone(cpu);
