import { resolve } from 'node:path';
import { type Report, runChaos } from '../../chaos/run/run.ts';

const serviceDirectory = resolve(import.meta.dirname, '../../..');

describe('a short run of chaos', () => {
  let report: Report;
  beforeAll(async () => {
    report = await runChaos({
      ...{ serviceDirectory, seed: 7, mix: 'short', posts: 50, throughApi: 0.3 },
      // A record of a send that was cut off is waited for as long as a function may take.
      maxTimeoutSeconds: 3,
      // The build of other tests.
      parameters: {},
    });
  }, 180_000);

  test('comes to rest with nothing lost, nothing twice, nothing stale', () => {
    expect(report.failure).toBeUndefined();
    expect(report.violations).toEqual([]);
  });

  test('is no luck: the stack was killed, calls failed, events came again and out of order', () => {
    expect(report.kills).toBe(1);
    expect(report.changes).toBeGreaterThan(80);
    expect(report.faults).toMatchObject({ lost: expect.any(Number), twice: expect.any(Number) });
    expect(report.observations.duplicates).toBeGreaterThan(0);
    expect(report.observations.orderViolations).toBeGreaterThan(0);
    expect(report.waiting.parked).toBeGreaterThan(0);
    expect(report.waiting.deadLetters).toBeGreaterThan(0);
  });
});
