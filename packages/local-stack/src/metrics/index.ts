/** CloudWatch metrics for one machine: data go in through `record`, statistics come out through `query`. */
export { canHaveData, type EmittedMetric } from './emitted.ts';
export { type MetricDatum, type MetricSink, type MetricUnit, metricUnits } from './metric.ts';
export {
  createMetricStore,
  type Datapoint,
  type MetricName,
  type MetricQuery,
  type MetricStore,
} from './metric-store.ts';
export { parsePercentile } from './statistic.ts';
