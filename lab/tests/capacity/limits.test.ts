import fc from 'fast-check';
import { limitsOf, sharesOf } from '../../capacity/limits.ts';
import { quotaOf, quotasFile } from '../../capacity/quotas.ts';
import { roadOf } from '../../capacity/road.ts';
import { letsThrough } from '../../capacity/workload.ts';
import { measured, someFacts } from './planning.ts';

const firstOf = (facts: ReturnType<typeof someFacts>, region = {}) =>
  limitsOf(facts, measured, 10, region)[0];
const [search, push] = someFacts().queues;
if (!search || !push) throw new Error('the facts have no queues');

describe('what binds first', () => {
  test('the index of a new table, where every post is twenty words', () => {
    expect(firstOf(someFacts())).toMatchObject({ id: 'newTableWriteUnits SearchIndexTable', kind: 'quota' });
  });

  test('the maximum write units, where they are set low', () => {
    const tables = { ...someFacts().tables, SearchIndexTable: { indexes: 0, maxWriteUnits: 200 } };
    expect(firstOf(someFacts({ tables }))).toMatchObject({
      id: 'maxWriteUnits SearchIndexTable',
      kind: 'setting',
    });
  });

  test('the rate limit of the route, where it is low', () => {
    expect(firstOf(someFacts({ routeRateLimit: 5 }))).toMatchObject({
      id: 'apiRateLimit',
      bindsAt: expect.closeTo(5, 3),
      remedy: '--param apiRateLimit=15 (and apiBurstLimit)',
    });
  });

  test("a queue's concurrency, where two invocations do slow work", () => {
    const queues = [{ ...search, maximumConcurrency: 2, batchSize: 1 }, push];
    expect(firstOf(someFacts({ queues }))).toMatchObject({
      id: 'concurrency searchIndexing',
      kind: 'setting',
    });
  });

  test('SNS, in a region with a small quota', () => {
    expect(firstOf(someFacts(), { topicMessages: 60 })).toMatchObject({
      id: 'topicMessages',
      bindsAt: expect.closeTo(30, 3),
    });
  });

  test('a lane of the stream, where batches are of one record', () => {
    const stream = { ...someFacts().stream, batchSize: 1 };
    const first = firstOf(someFacts({ stream }));
    expect(first).toMatchObject({ id: 'lanes', kind: 'setting' });
  });

  test('each limit says what is missing, once its headroom is used', () => {
    for (const limit of limitsOf(someFacts(), measured, 1_000_000)) {
      expect({ id: limit.id, asks: limit.remedy !== '' }).toEqual({
        id: limit.id,
        asks: limit.used > 0.7 * limit.limit,
      });
    }
    expect(limitsOf(someFacts(), measured, 0.001).filter(({ remedy }) => remedy)).toEqual([]);
  });
});

describe('the road', () => {
  const rate = fc.double({ min: 1e-3, max: 1e6, noNaN: true });

  test('asks for nothing below zero, and for more where more is posted', () => {
    fc.assert(
      fc.property(rate, fc.double({ min: 1, max: 100, noNaN: true }), (posts, factor) => {
        const [less, more] = [
          roadOf(someFacts(), measured, posts),
          roadOf(someFacts(), measured, posts * factor),
        ];
        for (const key of ['concurrency', 'messagesPerSecond'] as const) {
          expect(less[key]).toBeGreaterThan(0);
          expect(more[key]).toBeGreaterThanOrEqual(less[key] * 0.999);
        }
        expect(more.stream.shards).toBeGreaterThanOrEqual(less.stream.shards);
        for (const [index, { pollersNeeded, batch, receivesPerMessage }] of less.queues.entries()) {
          expect(pollersNeeded).toBeGreaterThan(0);
          expect(more.queues[index]?.pollersNeeded).toBeGreaterThanOrEqual(pollersNeeded * 0.999);
          expect(batch).toBeGreaterThanOrEqual(1);
          expect(batch).toBeLessThanOrEqual(10);
          expect(receivesPerMessage).toBeGreaterThanOrEqual(0.1);
          expect(receivesPerMessage).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('a limit binds where it says: below it there is room, above it none', () => {
    for (const { id, bindsAt } of limitsOf(someFacts(), measured, 1)) {
      if (!Number.isFinite(bindsAt)) continue;
      const shareAt = (posts: number) => sharesOf(someFacts(), measured, posts).get(id);
      expect(shareAt(bindsAt * 0.99)).toBeLessThan(1);
      expect(shareAt(bindsAt * 1.01)).toBeGreaterThan(1);
    }
  });

  test('follows the filter policies', () => {
    const published = { change: 'published', status: 'published' };
    expect(letsThrough({ change: ['edited', 'published'] }, published)).toBe(true);
    expect(letsThrough({ change: ['published'], status: ['draft'] }, published)).toBe(false);
    expect(letsThrough({ change: [{ exists: true }] }, published)).toBe(true);
    expect(letsThrough({ change: [{ exists: false }] }, published)).toBe(false);
    expect(letsThrough({}, published)).toBe(true);
    const deaf = { ...push, filterPolicy: { change: ['removed'] } };
    expect(roadOf(someFacts({ queues: [search, deaf] }), measured, 10).queues).toHaveLength(1);
  });
});

describe('quotas', () => {
  test('each has its page and the day it was read', () => {
    for (const { id, url, read } of [...quotasFile.quotas, ...quotasFile.behaviour]) {
      expect({ id, host: new URL(url).hostname }).toEqual({
        id,
        host: expect.stringMatching(/^docs\.(aws\.amazon\.com|amazonaws\.cn)$/),
      });
      expect(Date.parse(read)).not.toBeNaN();
    }
  });

  test('an unknown one is an error, not zero', () => {
    expect(() => quotaOf('unheard of')).toThrow('unheard of');
  });
});
