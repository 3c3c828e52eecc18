import fc from 'fast-check';
import { billOf, type Use } from '../../cost/bill.ts';
import { billFor, compare } from '../../cost/compare.ts';
import { crossingsOf } from '../../cost/crossing.ts';
import { DESIGNS, withWindows } from '../../cost/designs.ts';
import { emptyReceivesPerSecond, secondsOfAMonth } from '../../cost/idle.ts';
import { memoryChoices, SIZES } from '../../cost/memory.ts';
import { priceOf, pricesFile } from '../../cost/prices.ts';
import { measured, someFacts } from '../capacity/planning.ts';

const facts = someFacts();
const options = { freeTier: false, sendsAreBilled: true };
const postsPerDay = fc.double({ min: 1, max: 1e9, noNaN: true });

describe('a bill', () => {
  test('is quantity times price, by part and by service', () => {
    const uses: Use[] = [
      { part: 'fan-out', price: 'queueRequest', what: 'a', quantity: 2_500_000 },
      { part: 'post', price: 'apiRequest', what: 'b', quantity: 1_000_000 },
      { part: 'post', price: 'trace', what: 'c', quantity: 0 },
    ];
    expect(billOf(uses)).toMatchObject({
      total: 2,
      byPart: { post: 1, 'fan-out': 1, idle: 0 },
      byService: { SQS: 1, 'API Gateway': 1 },
    });
    // A free tier is had once, however many lines there are.
    expect(billOf([...uses, ...structuredClone(uses)], { freeTier: true }).byService.SQS).toBeCloseTo(1.6);
    expect(() => billOf([{ part: 'idle', price: 'gold', what: 'd', quantity: 1 }])).toThrow('gold');
  });

  test.each(DESIGNS)('of the %s design is never negative, and rises with the posts', (design) => {
    fc.assert(
      fc.property(postsPerDay, fc.double({ min: 1.2, max: 50, noNaN: true }), (posts, factor) => {
        const less = billFor(design, facts, measured, posts, options);
        const more = billFor(design, facts, measured, posts * factor, options);
        for (const { usd } of less.lines) expect(usd).toBeGreaterThanOrEqual(0);
        expect(more.total).toBeGreaterThan(less.total);
        expect(more.byPart.post).toBeGreaterThan(less.byPart.post);
        expect(less.byPart.idle).toBe(more.byPart.idle);
        const free = billFor(design, facts, measured, posts, { ...options, freeTier: true });
        expect(free.total).toBeLessThanOrEqual(less.total);
      }),
      { numRuns: 40 },
    );
  });

  test('is the same in both designs for the post itself', () => {
    fc.assert(
      fc.property(postsPerDay, (posts) => {
        const [own, plain] = DESIGNS.map(
          (design) => billFor(design, facts, measured, posts, options).byPart.post,
        );
        expect(own).toBe(plain);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the comparison', () => {
  test('publishes a tenth as often where batches are full', () => {
    const { bills } = compare(facts, measured, 1e9, options);
    const publishesOf = (design: (typeof DESIGNS)[number]) =>
      bills[design].lines.find(({ price }) => price === 'topicRequest')?.quantity ?? Number.NaN;
    expect(publishesOf('broadcast') / publishesOf('plain')).toBeCloseTo(0.1, 2);
  });

  test('names crossings that truly cross', () => {
    const { windows } = compare(facts, measured, 1e6, options);
    const ratioAt = (windowSeconds: number, posts: number): number => {
      const own = billFor('broadcast', withWindows(facts, windowSeconds), measured, posts, options);
      const plain = billFor('plain', withWindows(facts, 0), measured, posts, options);
      return own.byPart['fan-out'] / plain.byPart['fan-out'];
    };
    const crossings = windows.flatMap(({ windowSeconds, crossings: found }) =>
      found.map((crossing) => ({ windowSeconds, ...crossing })),
    );
    expect(crossings).not.toEqual([]);
    for (const { windowSeconds, at, becomes } of crossings) {
      const [before, after] = [ratioAt(windowSeconds, at / 1.001), ratioAt(windowSeconds, at)];
      expect([before < 1, after < 1]).toEqual(becomes === 'below' ? [false, true] : [true, false]);
    }
  });

  test('a longer window is never dearer', () => {
    const { windows } = compare(facts, measured, 1e6, options);
    const fanOuts = windows.map(({ fanOut }) => fanOut);
    expect(fanOuts).toEqual(fanOuts.toSorted((a, b) => b - a));
  });

  test('a crossing of any line is found, and none where there is none', () => {
    fc.assert(
      fc.property(fc.double({ min: 200, max: 1e8, noNaN: true }), (at) => {
        const [crossing, ...others] = crossingsOf((amount) => at / amount, 1, 100, 1e9);
        expect(others).toEqual([]);
        expect(crossing).toMatchObject({ becomes: 'below' });
        expect((crossing?.at ?? 0) / at).toBeCloseTo(1, 3);
      }),
    );
    expect(crossingsOf(() => 2, 1, 100, 1e9)).toEqual([]);
  });
});

describe('what idles', () => {
  test('an empty queue is polled by five, a full one is not asked in vain', () => {
    expect(emptyReceivesPerSecond({ maximumConcurrency: 10 }, 0)).toBeCloseTo(5 / 20);
    expect(emptyReceivesPerSecond({ maximumConcurrency: undefined }, 0)).toBeCloseTo(2 / 20);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e4, noNaN: true }), (rate) => {
        const empty = emptyReceivesPerSecond({ maximumConcurrency: 10 }, rate);
        expect(empty).toBeGreaterThanOrEqual(0);
        expect(empty).toBeLessThanOrEqual(5 / 20 + 1e-9);
      }),
    );
    expect(emptyReceivesPerSecond({ maximumConcurrency: 10 }, 50)).toBeLessThan(1e-6);
  });

  test('alarms, secrets and polls are counted from the template', () => {
    const alarm = { Type: 'AWS::CloudWatch::Alarm', Properties: {} };
    const resources = { A: alarm, B: alarm, S: { Type: 'AWS::SecretsManager::Secret', Properties: {} } };
    const { lines, total } = billFor('broadcast', someFacts({ resources }), measured, 0, options);
    const polls = 2 * (5 / 20) * secondsOfAMonth();
    expect(lines.map(({ price, quantity }) => [price, quantity])).toEqual([
      ['alarm', 2],
      ['secret', 1],
      ['queueRequest', polls],
    ]);
    expect(total).toBeCloseTo(0.2 + 0.4 + (polls * 0.4) / 1e6);
  });
});

test('more memory is never slower, and cheaper only by its share of a processor', () => {
  const choices = Map.groupBy(memoryChoices(facts, measured), ({ functionKey }) => functionKey);
  for (const sizes of choices.values()) {
    expect(sizes.map(({ memoryMegabytes }) => memoryMegabytes)).toEqual([...SIZES]);
    const times = sizes.map(({ millisecondsOfOne }) => millisecondsOfOne);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
  }
});

test('each price has its page, its day and its kind of source', () => {
  const ids = pricesFile.prices.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { url, read } of pricesFile.prices) {
    expect(url).toMatch(/^https:\/\/aws\.amazon\.com\/[\w-]+\/pricing\//);
    expect(Date.parse(read)).not.toBeNaN();
  }
  expect(() => priceOf('unheard of')).toThrow('unheard of');
});
