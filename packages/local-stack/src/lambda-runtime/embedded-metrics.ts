import { z } from 'zod';
import { type MetricDatum, metricUnits } from '../metrics/metric.ts';

const directive = z.object({
  Namespace: z.string(),
  Dimensions: z.array(z.array(z.string())).default([[]]),
  Metrics: z.array(z.object({ Name: z.string(), Unit: z.enum(metricUnits).catch('None').default('None') })),
});
const emfLine = z.looseObject({
  _aws: z.object({ Timestamp: z.number(), CloudWatchMetrics: z.array(directive) }),
});
const values = z.union([z.number(), z.array(z.number())]);
const dimensionValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/**
 * The metric data in one line of a function's log, as CloudWatch extracts them from the embedded metric format:
 * one datum per dimension set, metric and value. A line of any other kind, or one that does not keep to the
 * format, holds none.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(line: string): MetricDatum[] {
  if (!line.startsWith('{') || !line.includes('"_aws"')) return [];
  const document = emfLine.safeParse(parseJson(line));
  if (!document.success) return [];
  const { _aws, ...members } = document.data;
  return _aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) => {
      const dimensions = dimensionsOf(names, members);
      if (dimensions === undefined) return [];
      return Metrics.flatMap(({ Name, Unit }) => {
        const parsed = values.safeParse(members[Name]);
        if (!parsed.success) return [];
        return [parsed.data].flat().map(
          (value): MetricDatum => ({
            namespace: Namespace,
            name: Name,
            dimensions,
            value,
            unit: Unit,
            timestamp: _aws.Timestamp,
          }),
        );
      });
    }),
  );
}

/** A dimension set of which a member is missing is dropped, as CloudWatch does. */
function dimensionsOf(
  names: readonly string[],
  members: Readonly<Record<string, unknown>>,
): Record<string, string> | undefined {
  const dimensions: Record<string, string> = {};
  for (const name of names) {
    const value = dimensionValue.safeParse(members[name]);
    if (!value.success) return undefined;
    dimensions[name] = value.data;
  }
  return dimensions;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // Not JSON: an ordinary log line.
  }
}
