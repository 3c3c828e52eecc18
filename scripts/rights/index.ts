/**
 * Runs the end-to-end suite and reports, function by function, which rights were used, which were never used, and what was
 * denied. Exits with 1 when a right was never used without a reason in `expected.ts`, or when the suite fails.
 *   npm run rights
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../../ops/run-tool.ts';
import { serviceDirectory } from '../service-copy.ts';
import { readSeen, reportLines, rightsByFunction } from './report.ts';

/** The tests that run the service whole, or a function as `sls invoke local` does. */
const END_TO_END = [
  'tests/end-to-end/',
  'tests/redrive/',
  'tests/invoke-local/',
  'tests/exercise/',
  'api\\.e2e',
];

const HELP = `npm run rights

Runs the end-to-end suite, and tells by function which rights were used, never used, and denied.`;

await runTool({ help: HELP, options: {} }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'rights-'));
  try {
    const suite = spawn(
      process.execPath,
      ['--experimental-vm-modules', join(serviceDirectory, 'node_modules/jest/bin/jest.js'), ...END_TO_END],
      {
        cwd: serviceDirectory,
        stdio: ['ignore', 'inherit', 'inherit'],
        env: { ...process.env, LOCAL_STACK_RIGHTS_RECORD: directory },
      },
    );
    const [status] = await once(suite, 'exit');
    const functions = rightsByFunction(readSeen(directory));
    process.stdout.write(`\n${reportLines(functions).join('\n')}\n`);
    const unused = functions.reduce((sum, one) => sum + one.unused.length, 0);
    if (unused > 0)
      process.stderr.write(
        `${unused} rights were never used: take them away, or say why in scripts/rights/expected.ts\n`,
      );
    if (status !== 0)
      process.stderr.write('The end-to-end suite failed: what it did not reach looks unused.\n');
    return unused > 0 || status !== 0 ? 1 : 0;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
