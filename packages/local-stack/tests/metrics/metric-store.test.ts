import fc from 'fast-check';
import { createMetricStore, type MetricDatum, type MetricQuery } from '../../src/metrics/index.ts';

const minute = 60_000;
const base = 1_000_000 * minute;
const metric = { namespace: 'AWS/Lambda', name: 'Duration', dimensions: { FunctionName: 'f' } };
const datum = (value: number, timestamp: number, over: Partial<MetricDatum> = {}): MetricDatum => ({
  ...metric,
  unit: 'Milliseconds',
  value,
  timestamp,
  ...over,
});

function storeAt(now: number) {
  const time = { now };
  const store = createMetricStore({ clock: { now: () => time.now, sleep: async () => {} } });
  const values = (query: Partial<MetricQuery> = {}) =>
    store
      .query({ ...metric, statistic: 'Sum', periodSeconds: 60, start: base, end: base + minute, ...query })
      .map(({ value }) => value);
  return { time, store, values };
}

test.each([
  ['Sum', 110],
  ['Average', 22],
  ['Minimum', 1],
  ['Maximum', 100],
  ['SampleCount', 5],
  ['p0', 1],
  ['p50', 3],
  ['p80', 5],
  ['p99', 100],
  ['p99.9', 100],
  ['p100', 100],
])('%s of 1, 1, 3, 5 and 100 is %s', (statistic, expected) => {
  const { store, values } = storeAt(base + minute);
  for (const value of [100, 1, 3, 1, 5]) store.record(datum(value, base + 5));
  expect(values({ statistic })).toEqual([expected]);
});

test.each(['p101', 'P99', 'p', 'TM(10%:90%)', 'average', 'tm99'])(
  'the statistic %s is refused',
  (statistic) => {
    expect(() => storeAt(base).values({ statistic })).toThrow(`The statistic ${statistic} is not supported`);
  },
);

test.each([0, -60, 0.5, Number.NaN])('a period of %s seconds is refused', (periodSeconds) => {
  expect(() => storeAt(base).values({ periodSeconds })).toThrow(/period/);
});

test('a datum belongs to the period that it falls in, and periods without data are missing', () => {
  const { store, values } = storeAt(base + 3 * minute);
  store.record(datum(1, base));
  store.record(datum(2, base + minute - 1));
  store.record(datum(4, base + 2 * minute));
  expect(values({ end: base + 3 * minute })).toEqual([3, undefined, 4]);
  expect(values({ end: base + 3 * minute, periodSeconds: 120 })).toEqual([3]);
  expect(values({ periodSeconds: 10 })).toEqual([1, undefined, undefined, undefined, undefined, 2]);
  expect(values({ periodSeconds: 1, end: base + 2000 })).toEqual([1, undefined]);
  expect(values({ start: base + 30_000, end: base + 150_000 })).toEqual([2, 4]);
});

test('dimensions must be the same, all of them, in any order', () => {
  const { store, values } = storeAt(base + minute);
  store.record(datum(1, base, { dimensions: { a: '1', b: '2' } }));
  expect(values({ dimensions: { b: '2', a: '1' } })).toEqual([1]);
  for (const dimensions of [{ a: '1' }, {}, { a: '1', b: '3' }, { a: '1', b: '2', c: '3' }]) {
    expect(values({ dimensions })).toEqual([undefined]);
  }
});

test('what is no number is dropped', () => {
  const { store, values } = storeAt(base + minute);
  store.record(datum(Number.NaN, base));
  store.record(datum(Number.POSITIVE_INFINITY, base));
  store.record(datum(1, Number.NaN));
  expect(values()).toEqual([undefined]);
  expect(store.list()).toEqual([]);
});

test('metrics that have data can be listed', () => {
  const { store } = storeAt(base);
  store.record(datum(1, base));
  store.record(datum(1, base, { name: 'Errors' }));
  store.record(datum(1, base, { namespace: 'Posts', dimensions: {} }));
  expect(store.list()).toHaveLength(3);
  expect(store.list({ namespace: 'AWS/Lambda' }).map(({ name }) => name)).toEqual(['Duration', 'Errors']);
  expect(store.list({ name: 'Errors' })).toEqual([{ ...metric, name: 'Errors' }]);
});

test('seconds are kept for 15 minutes, minutes for 24 hours', () => {
  const { time, store, values } = storeAt(base);
  store.record(datum(7, base));
  const bySecond = () => values({ periodSeconds: 1, end: base + 1000 });
  time.now = base + 14 * minute;
  store.record(datum(1, time.now));
  expect(bySecond()).toEqual([7]);
  time.now = base + 16 * minute;
  store.record(datum(1, time.now));
  expect(bySecond()).toEqual([undefined]);
  expect(values()).toEqual([7]);
  time.now = base + 25 * 60 * minute;
  store.record(datum(1, time.now));
  expect(values()).toEqual([undefined]);
});

test('of very many different values a percentile is right within half a percent, the rest exactly', () => {
  const { store, values } = storeAt(base + minute);
  for (let value = 1; value <= 20_000; value += 1) store.record(datum(value, base + (value % 60) * 1000));
  const [p50 = 0] = values({ statistic: 'p50' });
  const [p99 = 0] = values({ statistic: 'p99' });
  expect(Math.abs(p50 / 10_000 - 1)).toBeLessThan(0.005);
  expect(Math.abs(p99 / 19_800 - 1)).toBeLessThan(0.005);
  expect(values({ statistic: 'SampleCount' })).toEqual([20_000]);
  expect(values()).toEqual([200_010_000]);
  expect(values({ statistic: 'Maximum' })).toEqual([20_000]);
});

test('statistics are those of the plain list of values, however they are spread', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 0, max: minute - 1 })), {
        minLength: 1,
        maxLength: 50,
      }),
      fc.integer({ min: 0, max: 100 }),
      (data, percentile) => {
        const { store, values } = storeAt(base + minute);
        for (const [value, offset] of data) store.record(datum(value, base + offset));
        const sorted = data.map(([value]) => value).sort((a, b) => a - b);
        const rank = Math.max(1, Math.ceil((percentile / 100) * sorted.length));
        expect(values({ statistic: `p${percentile}` })).toEqual([sorted[rank - 1]]);
        expect(values()).toEqual([sorted.reduce((sum, value) => sum + value, 0)]);
        const byTenSeconds = values({ periodSeconds: 10, statistic: 'SampleCount' });
        expect(byTenSeconds.reduce<number>((sum, value = 0) => sum + value, 0)).toBe(sorted.length);
      },
    ),
  );
});
