import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { logger, withLogKeys } from './logger.ts';
import { MetricUnit, metrics } from './metrics.ts';
import { observability } from './observability.ts';
import retries from './retries.json' with { type: 'json' };
import { RetryLater } from './retry-later.ts';

/** What a handler receives with the message. */
export interface Delivery {
  /** True when an earlier attempt at this message failed or never came back. */
  redelivered: boolean;
  record: SQSRecord;
  context: Context;
}

/** What became of a message: `outcome` is the message of its log line, the other fields are its keys. */
export interface Outcome {
  outcome: string;
}

/** Makes a message invisible for `seconds` from now. */
export type PostponeMessage = (record: SQSRecord, seconds: number) => Promise<void>;

export interface QueueConsumer<Message> {
  /** Of the JSON in the message's body. */
  schema: z.core.$ZodType<Message>;
  /** Handles one message. A rejection makes SQS deliver this message again, and no other. Logs nothing when undefined. */
  handle: (message: Message, delivery: Delivery) => Promise<Outcome | undefined>;
  /** Ids to follow a message by in the logs, never content. */
  logKeys: (message: Message) => Record<string, string | number>;
  /** ISO 8601; the metric `EndToEndLatency` is measured from here. */
  occurredAt: (message: Message) => string;
  postpone: PostponeMessage;
}

/** No attempt will be able to read the message. */
class UnreadableMessage extends Error {
  override readonly name = 'UnreadableMessage';
}

/**
 * The Lambda handler of a queue with `ReportBatchItemFailures`. Messages are handled side by side; only those that
 * failed come again, each time after a longer wait.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export const queueConsumer = <Message>(consumer: QueueConsumer<Message>) =>
  middy<SQSEvent, SQSBatchResponse>()
    .use(observability)
    .handler((event, context) =>
      processPartialResponse(
        event,
        (record: SQSRecord) => consume(consumer, record, context),
        new BatchProcessor(EventType.SQS),
        { context, throwOnFullBatchFailure: false },
      ),
    );

const Json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('is not JSON');
    return z.NEVER;
  }
});

const consume = <Message>(
  { schema, handle, logKeys, occurredAt, postpone }: QueueConsumer<Message>,
  record: SQSRecord,
  context: Context,
): Promise<void> => {
  const parsed = Json.pipe(schema).safeParse(record.body);
  const receiveCount = Number(record.attributes.ApproximateReceiveCount);
  const keys = { messageId: record.messageId, receiveCount, ...(parsed.success && logKeys(parsed.data)) };
  return withLogKeys(keys, async () => {
    try {
      if (!parsed.success) throw new UnreadableMessage(z.prettifyError(parsed.error));
      const delivery = { redelivered: receiveCount > 1, record, context };
      const { outcome, ...details } = (await handle(parsed.data, delivery)) ?? {};
      const latency = Date.now() - Date.parse(occurredAt(parsed.data));
      metrics.addMetric('EndToEndLatency', MetricUnit.Milliseconds, Math.max(0, latency));
      if (outcome) logger.info(outcome, details);
    } catch (error) {
      await bringAgain(error, record, receiveCount, postpone);
      throw error instanceof Error ? error : new Error(String(error), { cause: error });
    }
  });
};

/**
 * Logs a failure and decides when the message is tried again: soon at first, because most failures pass; 72 minutes in
 * all, so that the queue drains by itself after an outage of an hour.
 */
const bringAgain = async (
  error: unknown,
  record: SQSRecord,
  receiveCount: number,
  postpone: PostponeMessage,
): Promise<void> => {
  let seconds = retries.secondsUntilRetry[receiveCount - 1] ?? 0;
  if (error instanceof UnreadableMessage) {
    // Straight to the dead-letter queue, which has an alarm. Counted only once.
    seconds = 0;
    if (receiveCount === 1) metrics.addMetric('UnreadableMessages', MetricUnit.Count, 1);
    logger.error('message cannot be read', { error });
  } else if (error instanceof RetryLater) {
    seconds = Math.max(error.seconds, seconds);
    logger.warn('message comes again later', { seconds, error });
  } else {
    logger.error('message failed', { seconds, error });
  }
  await postpone(record, seconds).catch((failure: unknown) =>
    // The message returns after its visibility timeout all the same, only at another time.
    logger.warn('message could not be postponed', { error: failure }),
  );
};
