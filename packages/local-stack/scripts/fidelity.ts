/**
 * Writes docs/fidelity.md from the conformance table. That the rows hold is what `npm test` says.
 *   npm run fidelity -w packages/local-stack
 */
import { writeFile } from 'node:fs/promises';
import { renderFidelity } from '../tests/conformance/fidelity.ts';
import { notEmulated } from '../tests/conformance/not-emulated.ts';
import { behaviours } from '../tests/conformance/table.ts';

await writeFile(new URL('../docs/fidelity.md', import.meta.url), renderFidelity(behaviours, notEmulated));
console.log(`docs/fidelity.md: ${behaviours.length} rows`);
