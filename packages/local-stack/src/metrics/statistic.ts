/** The values of one metric in one stretch of time, small enough to keep thousands of them. */
export interface StatisticSet {
  sum: number;
  count: number;
  minimum: number;
  maximum: number;
  /** How often each value came, for percentiles. */
  values: Map<number, number>;
}

/** Beyond this many different values they are rounded to three digits, which a percentile hardly shows. */
const exactValues = 500;

export const emptyStatisticSet = (): StatisticSet => ({
  sum: 0,
  count: 0,
  minimum: Number.POSITIVE_INFINITY,
  maximum: Number.NEGATIVE_INFINITY,
  values: new Map(),
});

export function addValue(set: StatisticSet, value: number, count = 1): void {
  set.sum += value * count;
  set.count += count;
  set.minimum = Math.min(set.minimum, value);
  set.maximum = Math.max(set.maximum, value);
  const kept = set.values.size < exactValues || set.values.has(value) ? value : Number(value.toPrecision(3));
  set.values.set(kept, (set.values.get(kept) ?? 0) + count);
}

export function addStatisticSet(set: StatisticSet, other: StatisticSet): void {
  const { sum, minimum, maximum } = set;
  for (const [value, count] of other.values) addValue(set, value, count);
  set.sum = sum + other.sum;
  set.minimum = Math.min(minimum, other.minimum);
  set.maximum = Math.max(maximum, other.maximum);
}

/** `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount` or a percentile such as `p99` or `p99.9`. */
export type Statistic = string;

/**
 * @returns how to read a statistic from a set that is not empty
 * @throws Error for a statistic that is not known here
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 */
export function parseStatistic(statistic: Statistic): (set: StatisticSet) => number {
  switch (statistic) {
    case 'Sum':
      return ({ sum }) => sum;
    case 'Average':
      return ({ sum, count }) => sum / count;
    case 'Minimum':
      return ({ minimum }) => minimum;
    case 'Maximum':
      return ({ maximum }) => maximum;
    case 'SampleCount':
      return ({ count }) => count;
  }
  const percentile = parsePercentile(statistic);
  if (percentile === undefined) throw new Error(`The statistic ${statistic} is not supported`);
  return (set) => percentileOf(set, percentile);
}

/** The number of a percentile such as `p99.9`; undefined for any other statistic. */
export function parsePercentile(statistic: Statistic): number | undefined {
  const percentile = Number(/^p(\d{1,3}(?:\.\d+)?)$/.exec(statistic)?.[1] ?? Number.NaN);
  return percentile <= 100 ? percentile : undefined;
}

/** Nearest rank: the smallest value that at least that share of the values does not exceed. */
function percentileOf({ values, count, maximum }: StatisticSet, percentile: number): number {
  const rank = Math.max(1, Math.ceil((percentile / 100) * count));
  let seen = 0;
  for (const [value, times] of [...values].sort(([a], [b]) => a - b)) {
    seen += times;
    if (seen >= rank) return Math.min(value, maximum);
  }
  return maximum;
}
