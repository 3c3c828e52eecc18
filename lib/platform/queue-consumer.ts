import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from '#lib/platform/zod.ts';
import { type Log, type Logger, logWith } from './logger.ts';
import { type Metrics, MetricUnit } from './metrics.ts';
import { RetryLater } from './retry-later.ts';

/** What the handler of one message gets besides the message. */
export interface Delivery {
  /** Writes the message's log keys with every line. */
  log: Log;
  /** True when an earlier attempt at this message failed or never came back. */
  redelivered: boolean;
  record: SQSRecord;
  context: Context;
}

/** Makes a message invisible for so many seconds from now, at most 43,200. */
export type PostponeMessage = (record: SQSRecord, seconds: number) => Promise<void>;

/** What a consumer of a queue is made of. */
export interface QueueConsumer<Message> {
  /** Of the message body, which is JSON. */
  schema: z.ZodMiniType<Message>;
  /** Does the work of one message. A rejection brings this message again, and no other. */
  handle: (message: Message, delivery: Delivery) => Promise<void>;
  /** The keys to follow a message by in the logs: ids, never content. */
  logKeys: (message: Message) => Record<string, string | number>;
  /** When what the message tells happened (ISO 8601): the metric `EndToEndLatency` is measured from here. */
  occurredAt: (message: Message) => string;
  postpone: PostponeMessage;
  logger: Logger;
  metrics: Metrics;
}

/** The body of a message is not what the consumer understands; no attempt will. */
export class UnreadableMessage extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'UnreadableMessage';
  }
}

/**
 * How long a failed message stays away, in seconds, by how often it was received. Short at first, because most
 * failures pass; 72 minutes in all, so that an hour's failure of something behind the subscriber ends before the
 * receive count does (5), and the queue drains by itself. A handler that cannot even fail, because its time is
 * over, leaves the message to the visibility timeout.
 */
const RETRY_SECONDS = [30, 120, 600, 3_600];

const secondsUntilRetry = (error: unknown, receiveCount: number): number => {
  // No attempt will read it: straight to the dead-letter queue, where people look.
  if (error instanceof UnreadableMessage) return 0;
  const backoff = RETRY_SECONDS[receiveCount - 1] ?? 0;
  return error instanceof RetryLater ? Math.max(error.seconds, backoff) : backoff;
};

/**
 * A handler for batches of an SQS queue with `ReportBatchItemFailures`: messages are handled side by side, and
 * only those that failed come again, after a time that grows, up to the queue's receive count. Every failure is
 * logged with its cause.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export const queueConsumer =
  <Message>(consumer: QueueConsumer<Message>) =>
  async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    consumer.logger.addContext(context);
    try {
      return await processPartialResponse(
        event,
        (record: SQSRecord) => consume(consumer, record, context),
        new BatchProcessor(EventType.SQS),
        { context, throwOnFullBatchFailure: false },
      );
    } finally {
      if (consumer.metrics.hasStoredMetrics()) consumer.metrics.publishStoredMetrics();
    }
  };

const consume = async <Message>(
  consumer: QueueConsumer<Message>,
  record: SQSRecord,
  context: Context,
): Promise<void> => {
  const { schema, handle, logKeys, occurredAt, postpone, logger, metrics } = consumer;
  const receiveCount = Number(record.attributes.ApproximateReceiveCount);
  const delivered = { messageId: record.messageId, receiveCount };
  let log = logWith(logger, delivered);
  try {
    const message = read(schema, record.body);
    log = logWith(logger, { ...delivered, ...logKeys(message) });
    await handle(message, { log, record, context, redelivered: receiveCount > 1 });
    metrics.addMetric(
      'EndToEndLatency',
      MetricUnit.Milliseconds,
      Math.max(0, Date.now() - Date.parse(occurredAt(message))),
    );
  } catch (error) {
    const seconds = secondsUntilRetry(error, receiveCount);
    if (error instanceof UnreadableMessage) {
      metrics.addMetric('UnreadableMessages', MetricUnit.Count, 1);
      log.error('message cannot be read', { cause: factsOf(error) });
    } else if (error instanceof RetryLater) {
      log.warn('message comes again later', { seconds, cause: factsOf(error) });
    } else {
      log.error('message failed', { seconds, cause: factsOf(error) });
    }
    await postpone(record, seconds).catch((failure: unknown) =>
      // The visibility timeout brings it back all the same, only at another time.
      log.warn('message could not be postponed', { cause: factsOf(failure) }),
    );
    throw error instanceof Error ? error : new Error(String(error), { cause: error });
  }
};

const read = <Message>(schema: z.ZodMiniType<Message>, body: string): Message => {
  const result = schema.safeParse(parseJson(body));
  if (result.success) return result.data;
  throw new UnreadableMessage(z.prettifyError(result.error));
};

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    // The parser's own words quote the body, and bodies hold what users wrote.
    throw new UnreadableMessage('the body is not JSON');
  }
};

/**
 * Of an error only what names it: SDK and domain errors carry whole items along, and those hold what users wrote.
 */
const factsOf = (error: unknown): Record<string, unknown> => {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  return { name, message, stack, ...(cause === undefined ? {} : { cause: factsOf(cause) }) };
};
