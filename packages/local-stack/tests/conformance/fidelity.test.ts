import { readFile } from 'node:fs/promises';
import { renderFidelity } from './fidelity.ts';
import { notEmulated } from './not-emulated.ts';
import { behaviours } from './table.ts';

test('docs/fidelity.md says what the conformance table says', async () => {
  const committed = await readFile(new URL('../../docs/fidelity.md', import.meta.url), 'utf8');
  // That every row holds is what the tests of the table check.
  const rows = behaviours.map((row) => ({ row, result: 'holds' as const }));
  expect(committed).toBe(renderFidelity(rows, notEmulated));
});
