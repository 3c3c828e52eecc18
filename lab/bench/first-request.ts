import { bareBundles, serviceBundle } from './support/bundles.ts';
import { BARE, CASES, startStubbed } from './support/cases.ts';
import { type Row, runAlone } from './support/row.ts';
import { alternately, median } from './support/statistics.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 11);
const MAX_RATIO = 1.3;

/**
 * CPU of a cold start as the first caller meets it, from the start of a process to the end of its first invocation,
 * against the same SDK calls alone, bundled the same way. Without the network.
 */
export const firstRequest = async (): Promise<Row[]> => {
  const bare = await bareBundles(BARE);
  const coldStart = async (file: string, environment: Record<string, string>, event: unknown) => {
    const process = await startStubbed(file, environment);
    try {
      return (await process.invoke(event)).cpuMillisecondsSinceStart;
    } finally {
      await process.stop();
    }
  };
  try {
    const rows: Row[] = [];
    for (const { name, what, event, input } of CASES) {
      const { file, environment } = await serviceBundle(name);
      const figures = await alternately(ROUNDS, {
        ours: () => coldStart(file, environment, event),
        sdk: () => coldStart(bare.fileOf(name), environment, input),
      });
      const ofOurs = median(figures.get('ours') ?? []);
      const ofSdk = median(figures.get('sdk') ?? []);
      rows.push({
        what: `start and first invocation, ${name}, ${what}`,
        against: `the SDK calls alone, ${ofSdk.toFixed(0)} ms of CPU`,
        measured: `${ofOurs.toFixed(0)} ms of CPU`,
        ratio: (ofOurs / ofSdk).toFixed(2),
        goal: `≤ ${MAX_RATIO}`,
        met: ofOurs / ofSdk <= MAX_RATIO,
      });
    }
    return rows;
  } finally {
    await bare.remove();
  }
};

if (import.meta.main) await runAlone(firstRequest);
