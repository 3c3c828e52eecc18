// Runs the benchmarks and prints one table: npm run bench -w lab -- --help
import { cpus } from 'node:os';
import { OperatorError } from '../../ops/operator-error.ts';
import { runTool } from '../../ops/run-tool.ts';
import { api } from './api.ts';
import { broadcaster } from './broadcaster.ts';
import { bundleSize } from './bundle-size.ts';
import { consolePage } from './console.ts';
import { emulator } from './emulator.ts';
import { firstRequest } from './first-request.ts';
import { ALL, growth } from './growth.ts';
import { loop } from './loop.ts';
import { postToSearch } from './post-to-search.ts';
import { search } from './search.ts';
import { type Benchmark, type Row, tableOf } from './support/row.ts';

/** Every benchmark, by the name it is run by. Those of the running stack come last: they take longest. */
const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  'bundle-size': bundleSize,
  broadcaster,
  'first-request': firstRequest,
  api,
  'post-to-search': postToSearch,
  search,
  loop,
  console: consolePage,
  emulator,
  growth,
};

const HELP = `npm run bench -w lab -- [names] [--all]

All benchmarks, or those that are named: ${Object.keys(BENCHMARKS).join(', ')}

  --all   growth to 100,000 posts as well, which takes another quarter of an hour`;

await runTool({ help: HELP, options: ALL, allowPositionals: true }, async ({ positionals: wanted }) => {
  const unknown = wanted.filter((name) => !(name in BENCHMARKS));
  if (unknown.length > 0)
    throw new OperatorError(
      `there is no ${unknown.join(', ')}: choose from ${Object.keys(BENCHMARKS).join(', ')}`,
    );

  const rows: Row[] = [];
  for (const [name, benchmark] of Object.entries(BENCHMARKS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    process.stderr.write(`${name} …\n`);
    rows.push(...(await benchmark()));
  }
  const [processor] = cpus();
  console.log(`${cpus().length} × ${processor?.model ?? 'unknown processor'}, Node.js ${process.version}\n`);
  console.log(tableOf(rows));
  return 0;
});
