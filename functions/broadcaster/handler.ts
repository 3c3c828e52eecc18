import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import * as z from 'zod';
import { broadcast } from '#lib/broadcast/broadcast.ts';
import { s3ParkRecord } from '#lib/broadcast/s3-park-record.ts';
import { snsPublishBatch } from '#lib/broadcast/sns-publish-batch.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { observability } from '#lib/platform/observability.ts';
import { report } from './report.ts';

const { POST_EVENTS_TOPIC_ARN, FAILURES_BUCKET } = readConfig(
  z.object({ POST_EVENTS_TOPIC_ARN: requiredText, FAILURES_BUCKET: requiredText }),
);
const ports = {
  publishBatch: snsPublishBatch(new SNSClient({}), POST_EVENTS_TOPIC_ARN),
  park: s3ParkRecord(new S3Client({}), FAILURES_BUCKET),
};

/**
 * Publishes the changes of the posts table to the PostEvents topic. Lambda delivers again from the reported record on.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export const handler = middy<DynamoDBStreamEvent, DynamoDBBatchResponse>()
  .use(observability)
  .handler(async ({ Records }) => {
    const outcome = await broadcast(Records, ports);
    report(Records, outcome);

    if (outcome.failed.length === 0) return { batchItemFailures: [] };
    const first = Math.min(...outcome.failed.map(({ position }) => position));
    const itemIdentifier = Records[first]?.dynamodb?.SequenceNumber;
    // Failing the whole batch loses nothing.
    if (!itemIdentifier) throw new Error(`record ${first} of the batch failed and has no sequence number`);
    return { batchItemFailures: [{ itemIdentifier }] } satisfies DynamoDBBatchResponse;
  });
