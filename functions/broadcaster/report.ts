import type { DynamoDBRecord } from 'aws-lambda';
import type { BroadcastOutcome } from '#lib/broadcast/broadcast.ts';
import type { Logger } from '#lib/platform/logger.ts';
import { type Metrics, MetricUnit } from '#lib/platform/metrics.ts';

/**
 * Tells logs and metrics what became of a batch: a line per event with the ids to follow a post by, a line per
 * record that was parked or failed with its reason, and the counts, published ones by kind of change.
 */
export const reportBroadcast =
  (log: Logger, metrics: Metrics) =>
  (records: readonly DynamoDBRecord[], outcome: BroadcastOutcome): void => {
    // All lines in one write: a write for each would be a tenth of the broadcaster's time.
    process.stdout.cork();
    try {
      tell(log, metrics, records, outcome);
    } finally {
      process.stdout.uncork();
    }
  };

const tell = (
  log: Logger,
  metrics: Metrics,
  records: readonly DynamoDBRecord[],
  { published, parked, failed }: BroadcastOutcome,
): void => {
  for (const { eventId, postId, version, change, correlationId } of published) {
    log.info('published', { eventId, postId, version, change, correlationId });
  }
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
