/**
 * Runs every check of the conformance table and writes docs/fidelity.md; exits with 1 when one does not hold.
 *   npm run fidelity -w packages/local-stack
 */
import { writeFile } from 'node:fs/promises';
import type { Behaviour } from '../tests/conformance/behaviour.ts';
import { type Result, renderFidelity } from '../tests/conformance/fidelity.ts';
import { notEmulated } from '../tests/conformance/not-emulated.ts';
import { behaviours } from '../tests/conformance/table.ts';

async function run(row: Behaviour): Promise<{ row: Behaviour; result: Result }> {
  try {
    await row.check();
    return { row, result: 'holds' };
  } catch (error) {
    console.error(`${row.area}: ${row.behaviour}\n`, error);
    return { row, result: 'does not hold' };
  }
}

const results: Awaited<ReturnType<typeof run>>[] = [];
for (const row of behaviours) results.push(await run(row));
await writeFile(new URL('../docs/fidelity.md', import.meta.url), renderFidelity(results, notEmulated));

const failed = results.filter(({ result }) => result !== 'holds').length;
console.log(`docs/fidelity.md: ${results.length - failed} of ${results.length} behaviours hold`);
process.exitCode = failed === 0 ? 0 : 1;
