import { readFile } from 'node:fs/promises';
import { renderFidelity } from './fidelity.ts';
import { notEmulated } from './not-emulated.ts';
import { behaviours } from './table.ts';

test('docs/fidelity.md says what the conformance table says', async () => {
  const committed = await readFile(new URL('../../docs/fidelity.md', import.meta.url), 'utf8');
  expect(committed).toBe(renderFidelity(behaviours, notEmulated));
});
