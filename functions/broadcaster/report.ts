import type { DynamoDBRecord } from 'aws-lambda';
import type { BroadcastOutcome } from '#lib/broadcast/broadcast.ts';
import { logger } from '#lib/platform/logger.ts';
import { MetricUnit, metrics } from '#lib/platform/metrics.ts';

/** Logs a line for each record, with the ids to follow it by, and counts them. */
export const report = (
  records: readonly DynamoDBRecord[],
  { published, parked, failed }: BroadcastOutcome,
): void => {
  for (const { eventId, postId, version, change, correlationId } of published) {
    logger.info('published', { eventId, postId, version, change, correlationId });
  }
  for (const { position, reason } of parked) logger.error('parked', { ...idsOf(records[position]), reason });
  for (const { position, reason } of failed) {
    logger.warn('failed for now', { ...idsOf(records[position]), reason });
  }

  for (const [change, events] of Map.groupBy(published, (event) => event.change)) {
    metrics
      .singleMetric()
      .addDimension('change', change)
      .addMetric('PublishedByChange', MetricUnit.Count, events.length);
  }
  metrics.addMetric('Published', MetricUnit.Count, published.length);
  metrics.addMetric('Parked', MetricUnit.Count, parked.length);
  metrics.addMetric('FailedForNow', MetricUnit.Count, failed.length);
};

const idsOf = (record: DynamoDBRecord | undefined) => ({
  eventId: record?.eventID,
  postId: record?.dynamodb?.Keys?.postId?.S,
  sequenceNumber: record?.dynamodb?.SequenceNumber,
});
