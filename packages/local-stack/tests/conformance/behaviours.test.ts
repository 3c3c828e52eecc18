import { readFile } from 'node:fs/promises';
import { stopMessaging } from './support/messaging.ts';
import { behaviours } from './table.ts';

afterAll(stopMessaging);

const areas = Map.groupBy(behaviours, ({ area }) => area);

describe.each([...areas])('%s', (_area, rows) => {
  test.each(rows.map(({ behaviour, proof }) => [behaviour, proof] as const))(
    '%s',
    async (_behaviour, proof) => {
      if (typeof proof === 'function') return await proof();
      // The test itself runs in its own suite.
      const suite = await readFile(new URL(`../${proof.file}`, import.meta.url), 'utf8');
      expect(suite).toContain(proof.name);
    },
  );
});

test('every row is named once and has its page', () => {
  expect(new Set(behaviours.map(({ behaviour }) => behaviour)).size).toBe(behaviours.length);
  for (const { source } of behaviours) expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
});
