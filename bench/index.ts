/**
 * Runs the benchmarks and prints one table:
 *   npm run bench                    all of them
 *   npm run bench -- packing init    those named
 */
import { cpus } from 'node:os';
import { api } from './api.ts';
import { broadcaster } from './broadcaster.ts';
import { bundleSize } from './bundle-size.ts';
import { cpu } from './cpu.ts';
import { init } from './init.ts';
import { packing } from './packing.ts';
import { type Benchmark, type Row, tableOf } from './support/row.ts';

/** Every benchmark, by the name it is run by. Those of the running stack come last: they take longest. */
const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  packing,
  'bundle-size': bundleSize,
  broadcaster,
  cpu,
  init,
  api,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in BENCHMARKS));
if (unknown.length > 0)
  throw new Error(`there is no ${unknown.join(', ')}: choose from ${Object.keys(BENCHMARKS).join(', ')}`);

const rows: Row[] = [];
for (const [name, benchmark] of Object.entries(BENCHMARKS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  rows.push(...(await benchmark()));
}
const [processor] = cpus();
console.log(`${cpus().length} × ${processor?.model ?? 'unknown processor'}, Node.js ${process.version}\n`);
console.log(tableOf(rows));
