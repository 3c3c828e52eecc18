import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logger } from './logger.ts';

export { MetricUnit };

/**
 * Metrics in the embedded metric format, configured by POWERTOOLS_METRICS_NAMESPACE and POWERTOOLS_SERVICE_NAME.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html
 */
export const metrics = new Metrics({
  // Powertools warns after each invocation without a metric.
  logger: { ...console, warn: (message: string) => logger.debug(message) },
});
