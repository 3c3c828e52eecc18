/**
 * Every unit that CloudWatch knows.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
 */
export const metricUnits = [
  'Seconds',
  'Microseconds',
  'Milliseconds',
  'Bytes',
  'Kilobytes',
  'Megabytes',
  'Gigabytes',
  'Terabytes',
  'Bits',
  'Kilobits',
  'Megabits',
  'Gigabits',
  'Terabits',
  'Percent',
  'Count',
  'Bytes/Second',
  'Kilobytes/Second',
  'Megabytes/Second',
  'Gigabytes/Second',
  'Terabytes/Second',
  'Bits/Second',
  'Kilobits/Second',
  'Megabits/Second',
  'Gigabits/Second',
  'Terabits/Second',
  'Count/Second',
  'None',
] as const;

export type MetricUnit = (typeof metricUnits)[number];

/**
 * One CloudWatch metric datum as AWS names it.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
 */
export interface MetricDatum {
  /** For example `AWS/Lambda`. */
  namespace: string;
  /** For example `IteratorAge`. */
  name: string;
  /** For example `{ FunctionName: 'broadcaster' }`. */
  dimensions: Readonly<Record<string, string>>;
  value: number;
  unit: MetricUnit;
  /** Milliseconds since the Unix epoch. */
  timestamp: number;
}

/** Takes metric data; must not throw and must not block. */
export type MetricSink = (datum: MetricDatum) => void;
