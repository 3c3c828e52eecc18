import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { broadcast } from '#lib/broadcast/broadcast.ts';
import { s3ParkRecord } from '#lib/broadcast/s3-park-record.ts';
import { snsPublishBatch } from '#lib/broadcast/sns-publish-batch.ts';
import { s3PutJson } from '#lib/platform/aws/s3-put-object.ts';
import { createSnsClient } from '#lib/platform/aws/sns.ts';
import { readConfig, requiredText, wholeNumber } from '#lib/platform/config.ts';
import { createLogger } from '#lib/platform/logger.ts';
import { createMetrics } from '#lib/platform/metrics.ts';
import * as z from '#lib/platform/zod.ts';
import { logPublished, reportBroadcast } from './report.ts';

const config = readConfig(
  z.object({
    POST_EVENTS_TOPIC_ARN: requiredText,
    FAILURES_BUCKET: requiredText,
    PUBLISH_CONCURRENCY: wholeNumber(1),
    AWS_REGION: requiredText,
    AWS_ENDPOINT_URL_S3: z.optional(z.url()),
    AWS_ENDPOINT_URL: z.optional(z.url()),
  }),
);
const log = createLogger();
const ports = {
  publishBatch: snsPublishBatch(createSnsClient(), config.POST_EVENTS_TOPIC_ARN),
  park: s3ParkRecord(
    s3PutJson({
      bucket: config.FAILURES_BUCKET,
      region: config.AWS_REGION,
      endpoint: config.AWS_ENDPOINT_URL_S3 ?? config.AWS_ENDPOINT_URL,
    }),
  ),
  taken: logPublished(log),
  concurrency: config.PUBLISH_CONCURRENCY,
};
const report = reportBroadcast(log, createMetrics());

/**
 * Publishes each change of the posts table to the PostEvents topic and names the first record that has to come
 * again: everything from it on is delivered anew.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export const handler = async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
  const outcome = await broadcast(Records, ports);
  report(Records, outcome);

  if (outcome.failed.length === 0) return { batchItemFailures: [] };
  const first = Math.min(...outcome.failed.map(({ position }) => position));
  const itemIdentifier = Records[first]?.dynamodb?.SequenceNumber;
  // Without a sequence number nothing can be reported; failing the whole batch loses nothing.
  if (!itemIdentifier) throw new Error(`record ${first} of the batch failed and has no sequence number`);
  return { batchItemFailures: [{ itemIdentifier }] } satisfies DynamoDBBatchResponse;
};
