import { readFile } from 'node:fs/promises';
import { mutated } from './mutations/mutation.ts';
import { mutations } from './mutations/table.ts';
import { behaviours } from './table.ts';

test('every row of the conformance table has a mutation, and no mutation is left over', () => {
  expect(Object.keys(mutations).toSorted()).toEqual(behaviours.map(({ behaviour }) => behaviour).toSorted());
});

test('every mutation fits the source, and changes it', async () => {
  for (const mutation of Object.values(mutations)) {
    const text = await readFile(new URL(`../../src/${mutation.file}`, import.meta.url), 'utf8');
    expect(mutated(text, mutation)).not.toBe(text);
  }
});
