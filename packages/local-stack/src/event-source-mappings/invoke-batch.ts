import { randomUUID } from 'node:crypto';
import { type BatchVerdict, readBatchResponse } from './batch-response.ts';
import { errorMessage, type MappingContext } from './context.ts';
import type { Batch } from './events.ts';
import type { EventSourceMapping } from './mapping.ts';

/** One try of one batch. A try that never reached the function is not an attempt. */
export type BatchOutcome =
  | BatchVerdict
  | { readonly kind: 'error'; readonly errorType: string; readonly errorMessage: string }
  | { readonly kind: 'throttled' }
  | { readonly kind: 'unreachable' };

/**
 * Sends a batch to the function and counts it. Never rejects: an invocation that cannot be made at all is
 * `unreachable`, to be tried again like a throttle.
 */
export async function invokeBatch(
  mapping: EventSourceMapping,
  context: MappingContext,
  source: string,
  records: Batch,
): Promise<BatchOutcome> {
  const { metrics } = context;
  const requestId = randomUUID();
  metrics.count('InvokedEventCount', records.length);
  const outcome = await attempt();
  const failed = outcome.kind === 'partial' ? outcome.failed.size : records.length;
  if (outcome.kind !== 'success') metrics.count('FailedInvokeEventCount', failed);
  const told =
    outcome.kind === 'failure'
      ? { outcome: 'error' as const, detail: 'the response reported the whole batch as failed' }
      : outcome.kind === 'error'
        ? { outcome: 'error' as const, detail: `${outcome.errorType}: ${outcome.errorMessage}` }
        : { outcome: outcome.kind };
  const { logicalId, functionName } = mapping;
  context.onEvent({
    type: 'invocation',
    requestId,
    mapping: logicalId,
    functionName,
    source,
    records: records.length,
    batch: records,
    ...(outcome.kind === 'partial' && { failed: [...outcome.failed] }),
    ...told,
  });
  return outcome;

  async function attempt(): Promise<BatchOutcome> {
    try {
      const event = { Records: records.map((record) => record.event) };
      const result = await context.invoke(mapping.functionName, event, { requestId });
      if (result.kind !== 'success') return result;
      if (!mapping.reportBatchItemFailures) return { kind: 'success' };
      return readBatchResponse(result.payload, new Set(records.map(({ identifier }) => identifier)));
    } catch (error) {
      context.log(
        'warn',
        `${mapping.logicalId}: cannot invoke ${mapping.functionName}: ${errorMessage(error)}`,
      );
      return { kind: 'unreachable' };
    }
  }
}
