import { pack } from '../../lib/broadcast/pack.ts';
import { fewestCalls, MIXTURES, messageOfSize, mixtures, sumOf } from '../../tests/broadcast/mixtures.ts';
import { type Row, runAlone } from './support/row.ts';

const MOST = 1.03;

/** The calls that stream batches of mixed sizes need, against a bound that no packing can be below. */
export const packing = async (): Promise<Row[]> =>
  [100, 1_000].flatMap((count) => {
    const [worst] = MIXTURES.map(([what, size]) => {
      const all = mixtures(size, count, 2_000 / count);
      const calls = sumOf(all.map((sizes) => pack(sizes.map(messageOfSize)).length));
      return { what, calls, fewest: sumOf(all.map(fewestCalls)) };
    }).toSorted((a, b) => b.calls / b.fewest - a.calls / a.fewest);
    if (!worst) return [];
    const { what, calls, fewest } = worst;
    return [
      {
        what: `SNS calls, batches of ${count}, worst of ${MIXTURES.length} mixtures (${what})`,
        against: `no packing needs fewer than ${fewest}`,
        measured: `${calls} calls`,
        ratio: (calls / fewest).toFixed(3),
        goal: `≤ ${MOST}`,
        met: calls / fewest <= MOST,
      },
    ];
  });

if (import.meta.main) await runAlone(packing);
