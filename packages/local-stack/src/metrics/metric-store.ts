import { type Clock, systemClock } from '../clock.ts';
import type { MetricDatum, MetricSink } from './metric.ts';
import {
  addStatisticSet,
  addValue,
  emptyStatisticSet,
  parseStatistic,
  type StatisticSet,
} from './statistic.ts';

/** A metric: CloudWatch takes data for the same one only when every dimension is the same. */
export interface MetricName {
  namespace: string;
  name: string;
  dimensions: Readonly<Record<string, string>>;
}

export interface MetricQuery extends MetricName {
  /** `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount` or a percentile such as `p99`. */
  statistic: string;
  periodSeconds: number;
  /** Milliseconds since the Unix epoch; the first period starts here. */
  start: number;
  /** Not included; a last period that is not whole is left out. */
  end: number;
}

export interface Datapoint {
  /** Start of its period, in milliseconds since the Unix epoch. */
  timestamp: number;
  /** Undefined in a period without data. */
  value: number | undefined;
}

export interface MetricStore {
  /** Takes data; never throws. Data older than what is kept, or no number, is dropped. */
  record: MetricSink;
  /**
   * One datapoint per period, oldest first.
   * @throws Error for an unknown statistic, or a period that is not whole seconds
   */
  query(query: MetricQuery): Datapoint[];
  /** Every metric that has data, as given filters, if any, select them. */
  list(filter?: Partial<Pick<MetricName, 'namespace' | 'name'>>): MetricName[];
}

interface Tier {
  /** Length of a bucket in milliseconds. */
  resolution: number;
  retention: number;
}

/** CloudWatch keeps seconds for 3 hours and minutes for 15 days; a development machine needs less. */
const seconds: Tier = { resolution: 1000, retention: 15 * 60_000 };
const minutes: Tier = { resolution: 60_000, retention: 24 * 3_600_000 };
const tiers = [seconds, minutes];

interface Series {
  metric: MetricName;
  buckets: Map<Tier, Map<number, StatisticSet>>;
}

/**
 * Keeps metrics in memory as CloudWatch keeps them: one series per namespace, name and exact set of dimensions,
 * for 15 minutes by the second and for 24 hours by the minute. Units are not distinguished.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html
 */
export function createMetricStore({ clock = systemClock }: { clock?: Clock } = {}): MetricStore {
  const allSeries = new Map<string, Series>();

  const record = (datum: MetricDatum) => {
    if (!Number.isFinite(datum.value) || !Number.isFinite(datum.timestamp)) return;
    const key = keyOf(datum);
    let series = allSeries.get(key);
    if (series === undefined) {
      const { namespace, name, dimensions } = datum;
      series = {
        metric: { namespace, name, dimensions },
        buckets: new Map(tiers.map((tier) => [tier, new Map()])),
      };
      allSeries.set(key, series);
    }
    for (const [tier, buckets] of series.buckets) {
      const start = Math.floor(datum.timestamp / tier.resolution) * tier.resolution;
      const oldest = clock.now() - tier.retention;
      if (start < oldest) continue;
      let bucket = buckets.get(start);
      if (bucket === undefined) {
        bucket = emptyStatisticSet();
        buckets.set(start, bucket);
        dropOld(buckets, oldest);
      }
      addValue(bucket, datum.value);
    }
  };

  const query = (wanted: MetricQuery): Datapoint[] => {
    const { start, end, periodSeconds } = wanted;
    const read = parseStatistic(wanted.statistic);
    if (!Number.isInteger(periodSeconds) || periodSeconds < 1) {
      throw new Error(`A period of ${periodSeconds} seconds is not supported`);
    }
    const period = periodSeconds * 1000;
    const byMinute = [start, period].every((time) => time % minutes.resolution === 0);
    const tier = byMinute ? minutes : seconds;
    const buckets = allSeries.get(keyOf(wanted))?.buckets.get(tier);
    const datapoints: Datapoint[] = [];
    for (let timestamp = start; timestamp + period <= end; timestamp += period) {
      const set = emptyStatisticSet();
      const first = Math.ceil(timestamp / tier.resolution) * tier.resolution;
      for (let at = first; at < timestamp + period; at += tier.resolution) {
        const bucket = buckets?.get(at);
        if (bucket !== undefined) addStatisticSet(set, bucket);
      }
      datapoints.push({ timestamp, value: set.count === 0 ? undefined : read(set) });
    }
    return datapoints;
  };

  return {
    record,
    query,
    list: (filter = {}) =>
      [...allSeries.values()]
        .map(({ metric }) => metric)
        .filter(
          ({ namespace, name }) =>
            (filter.namespace ?? namespace) === namespace && (filter.name ?? name) === name,
        ),
  };
}

/** Data come nearly in order of time, so old buckets are the first ones. */
function dropOld(buckets: Map<number, StatisticSet>, oldest: number): void {
  for (const start of buckets.keys()) {
    if (start >= oldest) return;
    buckets.delete(start);
  }
}

function keyOf({ namespace, name, dimensions }: MetricName): string {
  const names = Object.keys(dimensions).sort();
  return JSON.stringify([
    namespace,
    name,
    ...names.flatMap((dimension) => [dimension, dimensions[dimension]]),
  ]);
}
