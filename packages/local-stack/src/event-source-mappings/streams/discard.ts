import { backoffDelay } from '../backoff.ts';
import { errorMessage, type MappingContext } from '../context.ts';
import type { DiscardCondition } from '../events.ts';
import type { OnFailureDestination, StreamMapping } from '../mapping.ts';
import type { FailureDestinations } from '../ports.ts';
import { failureKey, failureRecord, type LastResponse, payload } from './failure-record.ts';
import type { PendingRecord } from './record.ts';

const deliveryTries = 3;

/**
 * Gives records up. Those that reach the on-failure destination count as `OnFailureDestinationDeliveredEventCount`,
 * those that are lost as `DroppedEventCount`: the two never count the same record.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics
 */
export async function discard(
  mapping: StreamMapping,
  context: MappingContext,
  destinations: FailureDestinations,
  shardId: string,
  records: readonly [PendingRecord, ...PendingRecord[]],
  condition: DiscardCondition,
  invocations: number,
  response: LastResponse | undefined,
): Promise<void> {
  const { metrics, log, onEvent } = context;
  const { logicalId, onFailure } = mapping;
  const told = {
    type: 'discarded',
    mapping: logicalId,
    source: shardId,
    records: records.length,
    identifiers: records.map(({ sequenceNumber }) => sequenceNumber),
    condition,
  } as const;
  // What has left the stream can be sent nowhere any more.
  if (condition === 'RecordExpired') {
    metrics.count('DroppedEventCount', records.length);
    log('error', `${logicalId}: ${records.length} records expired in the stream before they were processed`);
    onEvent(told);
    return;
  }
  if (!onFailure) {
    metrics.count('DroppedEventCount', records.length);
    log(
      'error',
      `${logicalId}: gave up ${records.length} records (${condition}); there is no on-failure destination`,
    );
    onEvent(told);
    return;
  }
  const record = failureRecord(
    mapping,
    shardId,
    records,
    condition,
    invocations,
    response,
    context.clock.now(),
  );
  if (await deliver(onFailure, record)) {
    metrics.count('OnFailureDestinationDeliveredEventCount', records.length);
    log('warn', `${logicalId}: gave up ${records.length} records (${condition}); told ${onFailure.arn}`);
    onEvent({ ...told, destination: onFailure.arn });
  } else {
    metrics.destinationDeliveryFailure();
    metrics.count('DroppedEventCount', records.length);
    log(
      'error',
      `${logicalId}: gave up ${records.length} records (${condition}) and could not tell ${onFailure.arn}`,
    );
    onEvent(told);
  }

  async function deliver({ kind, arn }: OnFailureDestination, metadata: object): Promise<boolean> {
    for (let failures = 0; failures < deliveryTries; ) {
      try {
        if (kind === 'sqs') await destinations.sendMessage(arn, JSON.stringify(metadata));
        else if (kind === 'sns') await destinations.publish(arn, JSON.stringify(metadata));
        else {
          const key = failureKey(mapping.id, shardId, context.clock.now());
          await destinations.putObject(arn, key, JSON.stringify({ ...metadata, payload: payload(records) }));
        }
        return true;
      } catch (error) {
        failures += 1;
        log('warn', `${logicalId}: on-failure destination ${arn}: ${errorMessage(error)}`);
        if (failures < deliveryTries)
          await context.clock.sleep(backoffDelay(context.backoff, failures), context.stop);
      }
    }
    return false;
  }
}
