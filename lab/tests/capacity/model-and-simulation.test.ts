import { invocationModel } from '../../capacity/durations.ts';
import { queueModel, streamModel } from '../../capacity/model.ts';
import { simulateQueue, simulateStream } from '../../capacity/simulation.ts';
import { measured } from './planning.ts';

// How far formulas and what happens may lie apart. Where a mapping is all but full, chance decides: there only what it
// gets done is compared.
const TOLERANCE = { batch: 0.2, concurrency: 0.15, done: 0.05 };

const SECONDS_OF = (ratePerSecond: number) => Math.max(15, 5_000 / ratePerSecond);

const timed = (functionKey: string, memoryMegabytes: number) => {
  const model = invocationModel(measured, functionKey);
  return (records: number) => model.milliseconds(records, memoryMegabytes);
};

const apart = (one: number, other: number): number => Math.abs(one - other) / other;

describe('the model and the simulation of the stream, with measured times', () => {
  const millisecondsOf = timed('broadcaster', 512);
  const cases = [0, 1].flatMap((windowSeconds) =>
    [1, 10].flatMap((lanesPerShard) =>
      [1, 10, 50, 200, 1_000, 4_000].map((ratePerSecond) => ({
        windowSeconds,
        lanesPerShard,
        ratePerSecond,
      })),
    ),
  );

  test.each(cases)(
    'agree at $ratePerSecond records/s, $lanesPerShard lanes a shard, a window of $windowSeconds s',
    ({ windowSeconds, lanesPerShard, ratePerSecond }) => {
      const settings = { shards: 4, lanesPerShard, batchSize: 100, windowSeconds };
      const model = streamModel(ratePerSecond, settings, millisecondsOf);
      const seen = simulateStream({
        ...settings,
        ratePerSecond,
        millisecondsOf,
        seconds: SECONDS_OF(ratePerSecond),
        seed: 7,
      });
      expect(model.utilisation).toBeLessThan(1);
      expect(apart(seen.batch, model.batch)).toBeLessThan(TOLERANCE.batch);
      expect(apart(seen.concurrency, model.concurrency)).toBeLessThan(TOLERANCE.concurrency);
    },
  );

  test('agree on what a stream that is overrun gets done', () => {
    const settings = { shards: 2, lanesPerShard: 1, batchSize: 100, windowSeconds: 0 };
    const ratePerSecond = 8_000;
    const model = streamModel(ratePerSecond, settings, millisecondsOf);
    const seen = simulateStream({ ...settings, ratePerSecond, millisecondsOf, seconds: 30, seed: 7 });
    expect(model.utilisation).toBeGreaterThan(1);
    expect(apart(seen.batch * seen.invocationsPerSecond, model.mostPerSecond)).toBeLessThan(TOLERANCE.done);
    // What is not done is left.
    expect(apart(seen.left, (ratePerSecond - model.mostPerSecond) * 30)).toBeLessThan(TOLERANCE.done);
  });
});

describe('the model and the simulation of a queue, with measured times', () => {
  const subjects = [
    { functionKey: 'searchIndexing', memoryMegabytes: 256 },
    { functionKey: 'pushNotifications', memoryMegabytes: 256 },
    { functionKey: 'contentModeration', memoryMegabytes: 512 },
  ];
  const cases = subjects.flatMap((subject) =>
    [0, 1, 5].flatMap((windowSeconds) =>
      [1, 11.6, 30, 80, 120].map((ratePerSecond) => ({ ...subject, windowSeconds, ratePerSecond })),
    ),
  );

  test.each(cases)(
    'agree for $functionKey at $ratePerSecond messages/s, a window of $windowSeconds s',
    ({ functionKey, memoryMegabytes, windowSeconds, ratePerSecond }) => {
      const millisecondsOf = timed(functionKey, memoryMegabytes);
      const settings = { batchSize: 10, windowSeconds, mostPollers: 10 };
      const model = queueModel(ratePerSecond, settings, millisecondsOf);
      const seen = simulateQueue({
        ...settings,
        ratePerSecond,
        millisecondsOf,
        seconds: SECONDS_OF(ratePerSecond),
        seed: 7,
      });
      expect(seen.pollers).toBe(model.pollers);
      expect(apart(seen.batch, model.batch)).toBeLessThan(TOLERANCE.batch);
      expect(apart(seen.concurrency, model.concurrency)).toBeLessThan(TOLERANCE.concurrency);
      expect(apart(seen.receivesPerMessage, model.receivesPerMessage)).toBeLessThan(TOLERANCE.batch);
    },
  );

  test('agree that a maximum concurrency is the end, and where', () => {
    const millisecondsOf = timed('searchIndexing', 256);
    const settings = { batchSize: 10, windowSeconds: 0, mostPollers: 10 };
    const { mostPerSecond } = queueModel(1, settings, millisecondsOf);
    const run = (ratePerSecond: number) =>
      simulateQueue({ ...settings, ratePerSecond, millisecondsOf, seconds: 120, seed: 7 });

    const below = run(0.8 * mostPerSecond);
    expect(below.left).toBeLessThan(mostPerSecond);
    const above = run(1.3 * mostPerSecond);
    expect(above.pollers).toBe(10);
    expect(apart(above.batch * above.invocationsPerSecond, mostPerSecond)).toBeLessThan(TOLERANCE.done);
    expect(apart(above.left, 0.3 * mostPerSecond * 120)).toBeLessThan(0.1);
  });

  test('pollers are added until the messages are done', () => {
    const millisecondsOf = timed('searchIndexing', 256);
    const ratePerSecond = 1_500;
    const settings = { batchSize: 10, windowSeconds: 0, mostPollers: 1_000 };
    const model = queueModel(ratePerSecond, settings, millisecondsOf);
    const seen = simulateQueue({ ...settings, ratePerSecond, millisecondsOf, seconds: 60, seed: 7 });
    expect(seen.pollers).toBeGreaterThanOrEqual(model.pollers);
    expect(apart(seen.batch * seen.invocationsPerSecond, ratePerSecond)).toBeLessThan(0.1);
  });
});
