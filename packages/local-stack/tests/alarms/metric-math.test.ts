import { compileExpression, type TimeSeries } from '../../src/alarms/metric-math.ts';

const none = undefined;
const metrics = new Map<string, TimeSeries>([
  ['m1', [1, 2, none, 4]],
  ['m2', [10, 0, 30, none]],
  ['errors', [none, none, 1, 1]],
]);
const calculate = (expression: string) =>
  compileExpression(expression)({
    length: 4,
    periodSeconds: 60,
    metrics,
    resolve: (id) => {
      const series = metrics.get(id);
      if (series === undefined) throw new Error(`there is no ${id}`);
      return series;
    },
  });

test.each<[string, TimeSeries]>([
  ['m1', [1, 2, none, 4]],
  ['m1 + m2', [11, 2, none, none]],
  ['m1 - 1', [0, 1, none, 3]],
  ['100 * m1 / m2', [10, none, none, none]],
  ['m1 + 2 * 3', [7, 8, none, 10]],
  ['(m1 + 2) * 3', [9, 12, none, 18]],
  ['2 ^ m1', [2, 4, none, 16]],
  ['-m1', [-1, -2, none, -4]],
  ['1 - -m1', [2, 3, none, 5]],
  ['m1 > 1', [0, 1, none, 1]],
  ['m1 >= 1 AND m1 < 4', [1, 1, none, 0]],
  ['m1 == 1 || m1 == 4', [1, 0, none, 1]],
  ['5', [5, 5, 5, 5]],
  ['1.5e1', [15, 15, 15, 15]],
  ['1 / 0', [none, none, none, none]],
  ['SUM([m1, m2])', [11, 2, 30, 4]],
  ['SUM(METRICS())', [11, 2, 31, 5]],
  ['SUM(METRICS("m"))', [11, 2, 30, 4]],
  ["MAX(METRICS('m'))", [10, 2, 30, 4]],
  ['MIN([m1, m2])', [1, 0, 30, 4]],
  ['AVG([m1, m2])', [5.5, 1, 30, 4]],
  ['SUM(m1)', [7, 7, 7, 7]],
  ['m1 / SUM(m1) * 7', [1, 2, none, 4]],
  ['FILL(m1, 0)', [1, 2, 0, 4]],
  ['FILL(m1, REPEAT)', [1, 2, 2, 4]],
  ['FILL(m1, m2)', [1, 2, 30, 4]],
  ['SUM(FILL(METRICS(), 0))', [11, 2, 31, 5]],
  ['IF(m1 > 1, m1, 0)', [0, 2, none, 4]],
  ['IF(FILL(errors, 0), 100, m1)', [1, 2, 100, 100]],
  ['IF(m1 > 1, m2)', [none, 0, none, none]],
  ['RATE(m1) * 60', [none, 1, none, none]],
  ['DIFF(m1)', [none, 1, none, none]],
  ['RUNNING_SUM(m1)', [1, 3, none, 7]],
  ['m1 / PERIOD(m1) * 60', [1, 2, none, 4]],
  ['ABS(m1 - 3)', [2, 1, none, 1]],
  ['CEIL(m1 / 3) + FLOOR(m1 / 3)', [1, 1, none, 3]],
])('%s', (expression, expected) => {
  expect(calculate(expression)).toEqual(expected);
});

test.each([
  ['m1 +', /unexpected "the end"/],
  ['m1 m2', /unexpected "m2"/],
  ['(m1', /expected "\)"/],
  ['m1 $ 2', /unexpected "\$ 2"/],
  ['ANOMALY_DETECTION_BAND(m1)', /the function ANOMALY_DETECTION_BAND with 1 parameters is not supported/],
  ['SUM()', /the function SUM with 0 parameters/],
  ['METRICS() + "a"', /a string is not a number/],
  ['METRICS()', /a single time series is expected/],
  ['FILL(m1, LINEAR)', /LINEAR is not supported/],
  ['nothing', /there is no nothing/],
  ['', /unexpected "the end"/],
])('%j is refused', (expression, message) => {
  expect(() => calculate(expression)).toThrow(message);
});
