import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

export { type Metrics, MetricUnit };

/**
 * Metrics in the embedded metric format: CloudWatch reads them from the log, no call is made.
 * Namespace and service come from POWERTOOLS_METRICS_NAMESPACE and POWERTOOLS_SERVICE_NAME.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html
 */
export const createMetrics = (): Metrics => new Metrics();
