import type { DynamoDBRecord } from 'aws-lambda';
import type { BroadcastOutcome } from '#lib/broadcast/broadcast.ts';
import type { PostEvent } from '#lib/events/post-event.ts';
import type { Logger } from '#lib/platform/logger.ts';
import { type Metrics, MetricUnit } from '#lib/platform/metrics.ts';

/** Writes a line per event with the ids to follow a post by; those of a call in one write, which is cheaper. */
export const logPublished =
  (log: Logger) =>
  (events: readonly PostEvent[]): void => {
    process.stdout.cork();
    try {
      for (const { eventId, postId, version, change, correlationId } of events) {
        log.info('published', { eventId, postId, version, change, correlationId });
      }
    } finally {
      process.stdout.uncork();
    }
  };

/**
 * Tells logs and metrics what became of a batch: a line per record that was parked or failed with its reason, and the
 * counts, published ones by kind of change.
 */
export const reportBroadcast =
  (log: Logger, metrics: Metrics) =>
  (records: readonly DynamoDBRecord[], { published, parked, failed }: BroadcastOutcome): void => {
    for (const { position, reason } of parked) log.error('parked', { ...idsOf(records[position]), reason });
    for (const { position, reason } of failed)
      log.warn('failed for now', { ...idsOf(records[position]), reason });

    const byChange = Map.groupBy(published, ({ change }) => change);
    for (const [change, events] of byChange) {
      metrics
        .singleMetric()
        .addDimension('change', change)
        .addMetric('PublishedByChange', MetricUnit.Count, events.length);
    }
    metrics.addMetric('Published', MetricUnit.Count, published.length);
    metrics.addMetric('Parked', MetricUnit.Count, parked.length);
    metrics.addMetric('FailedForNow', MetricUnit.Count, failed.length);
    metrics.publishStoredMetrics();
  };

const idsOf = (record: DynamoDBRecord | undefined) => ({
  eventId: record?.eventID,
  postId: record?.dynamodb?.Keys?.postId?.S,
  sequenceNumber: record?.dynamodb?.SequenceNumber,
});
