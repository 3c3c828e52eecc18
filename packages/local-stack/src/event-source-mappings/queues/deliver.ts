import { backoffDelay } from '../backoff.ts';
import type { MappingContext } from '../context.ts';
import { invokeBatch } from '../invoke-batch.ts';
import type { QueueMapping } from '../mapping.ts';
import type { ReceivedMessage } from './message.ts';

/**
 * Sends one batch to the function and answers what it succeeded with; the rest stays hidden until its
 * visibility timeout brings it back, which raises its receive count and in the end moves it to the
 * dead-letter queue.
 *
 * - An error or timeout fails the whole batch; it is not sent again from here.
 * - A throttled batch is tried again, with growing waits, as long as its messages are ours.
 * - With ReportBatchItemFailures only the reported messages fail; an identifier that is empty or not in the
 *   batch fails all of them.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export async function deliverMessages(
  mapping: QueueMapping,
  context: MappingContext,
  batch: readonly ReceivedMessage[],
  visibilityTimeoutMs: number,
): Promise<{ succeeded: readonly ReceivedMessage[]; healthy: boolean }> {
  const { clock, stop } = context;
  const leaseUntil = Math.min(...batch.map(({ receivedAt }) => receivedAt)) + visibilityTimeoutMs;
  for (let setbacks = 0; ; ) {
    const outcome = await invokeBatch(
      mapping,
      context,
      mapping.eventSourceArn,
      batch.map(({ event }) => ({ identifier: event.messageId, event })),
    );
    if (outcome.kind === 'success') return { succeeded: batch, healthy: true };
    if (outcome.kind === 'partial') {
      const { failed } = outcome;
      return { succeeded: batch.filter(({ event }) => !failed.has(event.messageId)), healthy: true };
    }
    if (outcome.kind === 'failure' || outcome.kind === 'error') return { succeeded: [], healthy: false };
    setbacks += 1;
    const wait = backoffDelay(context.backoff, setbacks);
    if (stop.aborted || clock.now() + wait >= leaseUntil) return { succeeded: [], healthy: false };
    await clock.sleep(wait, stop);
    if (stop.aborted) return { succeeded: [], healthy: false };
  }
}
