/**
 * Puts one fault after the other into a copy of this package and says whether the proof of its row catches it. Exits
 * with 1 below the score.
 *   npm run mutations -w packages/local-stack -- [--share 10] [--seed <number>] [--only <part of an area or a row>]
 */
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Behaviour } from '../../tests/conformance/behaviour.ts';
import { mutations } from '../../tests/conformance/mutations/table.ts';
import { behaviours } from '../../tests/conformance/table.ts';
import { copyPackage, type MutantPackage } from './mutant-package.ts';
import { seeded } from './seeded.ts';

const REQUIRED_SCORE = 0.95;

const { values } = parseArgs({
  options: {
    share: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(randomInt(1_000_000)) },
    only: { type: 'string', default: '' },
  },
});
for (const name of ['share', 'seed'] as const)
  if (!/^[1-9]\d*$/.test(values[name]))
    throw new Error(`--${name} ${values[name]} is no whole number above 0`);
const random = seeded(Number(values.seed));
const rows = behaviours.filter(
  ({ area, behaviour }) =>
    `${area}: ${behaviour}`.includes(values.only) && random() < 1 / Number(values.share),
);
console.log(`${rows.length} of ${behaviours.length} rows, seed ${values.seed}`);
if (rows.length === 0 && values.only !== '') throw new Error(`no row has "${values.only}" in it`);

/** Rows that were tried, with what became of their mutation. */
const outcomes = new Map<Behaviour, string>();

async function tryRow(copy: MutantPackage, row: Behaviour): Promise<void> {
  const mutation = mutations[row.behaviour];
  const outcome = mutation ? await copy.outcomeOf(row, mutation) : 'no mutation';
  outcomes.set(row, outcome);
  if (outcome !== 'caught') console.log(`${outcome}: ${row.area}: ${row.behaviour}`);
}

const waiting = [...rows];
const workers = Array.from({ length: Math.min(availableParallelism(), 4) }, async () => {
  const copy = await copyPackage();
  try {
    for (let row = waiting.shift(); row; row = waiting.shift()) await tryRow(copy, row);
  } finally {
    await copy.remove();
  }
});
await Promise.all(workers);

const caught = [...outcomes.values()].filter((outcome) => outcome === 'caught').length;
const score = rows.length === 0 ? 1 : caught / rows.length;
console.log(`${caught} of ${rows.length} mutations caught: ${(score * 100).toFixed(1)} %`);
process.exit(score >= REQUIRED_SCORE ? 0 : 1);
