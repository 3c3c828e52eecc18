import { canHaveData, type Datapoint, type MetricStore, parsePercentile } from '../metrics/index.ts';
import type { DataQuery, MetricAlarmProperties } from './definition.ts';
import { compileExpression, type MathScope, type TimeSeries } from './metric-math.ts';

/** Where the datapoints of an alarm come from: one metric, or an expression over several. */
export interface AlarmMetric {
  periodSeconds: number;
  namespaces: ReadonlySet<string>;
  /** The metrics, such as `AWS/DynamoDB UserErrors`, when none of them ever has data on this machine; else none. */
  withoutData: readonly string[];
  /** One datapoint per period, oldest first. */
  read(start: number, end: number): Datapoint[];
  /** Whether a percentile has too few samples to mean much. */
  hasFewSamples(start: number, end: number): boolean;
}

type Query = Parameters<MetricStore['query']>[0];
type Source = Omit<Query, 'start' | 'end'>;

/** @throws Error saying what in the properties is missing or not supported */
export function createAlarmMetric(properties: MetricAlarmProperties, store: MetricStore): AlarmMetric {
  if (properties.Metrics !== undefined) return createMathMetric(properties.Metrics, store);
  const { Namespace, MetricName, Dimensions, Period, Statistic, ExtendedStatistic } = properties;
  const statistic = Statistic ?? ExtendedStatistic;
  if (!Namespace || !MetricName || Period === undefined || statistic === undefined) {
    throw new Error('either Metrics, or Namespace, MetricName, Period and a statistic are required');
  }
  const source: Source = {
    namespace: Namespace,
    name: MetricName,
    dimensions: Dimensions,
    statistic,
    periodSeconds: Period,
  };
  return {
    periodSeconds: Period,
    namespaces: new Set([Namespace]),
    withoutData: withoutData([source]),
    read: reader(source, store),
    hasFewSamples: (start, end) => hasFewSamples(store, source, start, end),
  };
}

const withoutData = (sources: readonly Pick<Source, 'namespace' | 'name'>[]): string[] =>
  sources.some(({ namespace, name }) => canHaveData(namespace, name))
    ? []
    : sources.map(({ namespace, name }) => `${namespace} ${name}`);

/** Reads nothing once, so that a statistic that is not supported is refused when the alarm is made. */
function reader(source: Source, store: MetricStore): (start: number, end: number) => Datapoint[] {
  store.query({ ...source, start: 0, end: 0 });
  return (start, end) => store.query({ ...source, start, end });
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html */
function hasFewSamples(store: MetricStore, source: Source, start: number, end: number): boolean {
  const percentile = parsePercentile(source.statistic);
  if (percentile === undefined) return false;
  const share = percentile >= 50 ? 1 - percentile / 100 : percentile / 100;
  const counts = store.query({ ...source, statistic: 'SampleCount', start, end });
  return counts.reduce((sum, { value = 0 }) => sum + value, 0) < 10 / share;
}

function createMathMetric(queries: readonly DataQuery[], store: MetricStore): AlarmMetric {
  const [returned, ...others] = queries.filter(({ ReturnData }) => ReturnData);
  if (returned === undefined || others.length > 0)
    throw new Error('exactly one entry of Metrics must return data');
  const periods = new Set(queries.flatMap(({ MetricStat, Period }) => MetricStat?.Period ?? Period ?? []));
  const [periodSeconds] = periods;
  if (periodSeconds === undefined || periods.size > 1)
    throw new Error('all Metrics must have the same period');

  const namespaces = new Set<string>();
  const sources: Source[] = [];
  const metrics = new Map<string, (start: number, end: number) => Datapoint[]>();
  const expressions = new Map<string, (scope: MathScope) => TimeSeries>();
  for (const { Id, Expression, MetricStat } of queries) {
    if (Expression !== undefined) expressions.set(Id, compileNamed(Id, Expression));
    else if (MetricStat === undefined) throw new Error(`${Id} has neither Expression nor MetricStat`);
    else {
      const { Metric, Stat, Period } = MetricStat;
      namespaces.add(Metric.Namespace);
      const source: Source = {
        namespace: Metric.Namespace,
        name: Metric.MetricName,
        dimensions: Metric.Dimensions,
        statistic: Stat,
        periodSeconds: Period,
      };
      sources.push(source);
      metrics.set(Id, reader(source, store));
    }
  }

  const read = (start: number, end: number): Datapoint[] => {
    const timestamps: number[] = [];
    for (let at = start; at + periodSeconds * 1000 <= end; at += periodSeconds * 1000) timestamps.push(at);
    const data = new Map(
      [...metrics].map(([id, readMetric]) => [id, readMetric(start, end).map(({ value }) => value)] as const),
    );
    const resolving = new Set<string>();
    const scope: MathScope = {
      length: timestamps.length,
      periodSeconds,
      metrics: data,
      resolve: (id) => {
        const series = data.get(id);
        if (series !== undefined) return series;
        const expression = expressions.get(id);
        if (expression === undefined) throw new Error(`there is no ${id} among Metrics`);
        if (resolving.has(id)) throw new Error(`${id} refers to itself`);
        resolving.add(id);
        const result = expression(scope);
        resolving.delete(id);
        return result;
      },
    };
    const series = scope.resolve(returned.Id);
    return timestamps.map((timestamp, index) => ({ timestamp, value: series[index] }));
  };
  // Unknown ids and wrong types show when the expression is first evaluated: now rather than in a minute.
  read(0, periodSeconds * 1000);
  return { periodSeconds, namespaces, withoutData: withoutData(sources), read, hasFewSamples: () => false };
}

function compileNamed(id: string, expression: string): (scope: MathScope) => TimeSeries {
  try {
    return compileExpression(expression);
  } catch (cause) {
    throw new Error(`${id}: ${expression}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}
