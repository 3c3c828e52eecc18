import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logger } from './logger.ts';

export { MetricUnit };

/**
 * Metrics in the embedded metric format: CloudWatch reads them from the log, no call is made.
 * Namespace and service come from POWERTOOLS_METRICS_NAMESPACE and POWERTOOLS_SERVICE_NAME.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html
 */
export const metrics = new Metrics({
  // Powertools warns after each invocation that measured nothing, and most have nothing to measure.
  logger: { ...console, warn: (message: string) => logger.debug(message) },
});
