import { behaviours } from './table.ts';

const areas = Map.groupBy(behaviours, ({ area }) => area);

describe.each([...areas])('%s', (_area, rows) => {
  test.each(rows.map(({ behaviour, check }) => [behaviour, check] as const))(
    '%s',
    async (_behaviour, check) => {
      await check();
    },
  );
});

test('the table holds at least 60 behaviours, each named once and with its page', () => {
  expect(behaviours.length).toBeGreaterThanOrEqual(60);
  expect(new Set(behaviours.map(({ area, behaviour }) => `${area}: ${behaviour}`)).size).toBe(
    behaviours.length,
  );
  for (const { source } of behaviours) expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
});
