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
  unit: 'Milliseconds' | 'Seconds' | 'Count' | 'Bytes' | 'Percent' | 'None';
  /** Milliseconds since the Unix epoch. */
  timestamp: number;
}

/** Takes metric data; must not throw and must not block. */
export type MetricSink = (datum: MetricDatum) => void;
