import { backoffDelay } from '../backoff.ts';
import type { MappingContext } from '../context.ts';
import { invokeBatch } from '../invoke-batch.ts';
import type { QueueMapping } from '../mapping.ts';
import type { Concurrency } from './concurrency.ts';
import type { ReceivedMessage } from './message.ts';

/**
 * Sends one batch to the function and answers what it succeeded with; the rest stays hidden until its
 * visibility timeout makes it visible again, which raises its receive count and in the end moves it to the
 * dead-letter queue.
 *
 * - An error or timeout fails the whole batch; it is not sent again from here, and polling scales down, unless the
 *   mapping has ReportBatchItemFailures.
 * - A throttled batch is tried again, with growing waits, as long as its messages are ours; each throttle scales
 *   polling down.
 * - With ReportBatchItemFailures only the reported messages fail; an identifier that is empty or not in the
 *   batch fails all of them.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export async function deliverMessages(
  mapping: QueueMapping,
  context: MappingContext,
  batch: readonly ReceivedMessage[],
  visibilityTimeoutMs: number,
  concurrency: Pick<Concurrency, 'backOff' | 'recover'>,
): Promise<readonly ReceivedMessage[]> {
  const { clock, stop } = context;
  const leaseUntil = Math.min(...batch.map(({ receivedAt }) => receivedAt)) + visibilityTimeoutMs;
  for (let setbacks = 0; ; ) {
    const outcome = await invokeBatch(
      mapping,
      context,
      mapping.eventSourceArn,
      batch.map(({ event }) => ({ identifier: event.messageId, event })),
    );
    switch (outcome.kind) {
      case 'success':
        concurrency.recover();
        return batch;
      case 'partial':
        concurrency.recover();
        return batch.filter(({ event }) => !outcome.failed.has(event.messageId));
      case 'failure':
      case 'error':
        if (!mapping.reportBatchItemFailures) concurrency.backOff();
        return [];
      case 'throttled':
      case 'unreachable':
        concurrency.backOff();
    }
    setbacks += 1;
    const wait = backoffDelay(context.backoff, setbacks);
    if (clock.now() + wait >= leaseUntil) return [];
    await clock.sleep(wait, stop);
    if (stop.aborted) return [];
  }
}
