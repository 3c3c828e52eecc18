import { statSync } from 'node:fs';
import { serviceBundles } from './support/bundles.ts';
import { type Row, runAlone } from './support/row.ts';

const MAX_KILOBYTES = 900;

/** The code of the packaged functions in bytes, minified. `tests/template/bundle-size.test.ts` holds the same budget. */
export const bundleSize = async (): Promise<Row[]> => {
  const sizes = (await serviceBundles()).map(({ name, file }) => ({ name, bytes: statSync(file).size }));
  const rowOf = (what: string, bytes: number): Row => ({
    what,
    against: '-',
    measured: `${Math.round(bytes / 1_000)} kB`,
    ratio: '-',
    goal: `≤ ${MAX_KILOBYTES} kB`,
    met: bytes <= MAX_KILOBYTES * 1_000,
  });
  const broadcaster = sizes.find(({ name }) => name === 'broadcaster');
  const [largest] = sizes.toSorted((a, b) => b.bytes - a.bytes);
  return [
    rowOf('bundle size, broadcaster', broadcaster?.bytes ?? Number.NaN),
    rowOf(`bundle size, largest (${largest?.name})`, largest?.bytes ?? Number.NaN),
  ];
};

if (import.meta.main) await runAlone(bundleSize);
