import type { Clock } from '../clock.ts';
import type { MetricSink } from '../metrics/metric.ts';
import type { EventSourceMapping } from './mapping.ts';

type EventCount =
  | 'PolledEventCount'
  | 'FilteredOutEventCount'
  | 'InvokedEventCount'
  | 'FailedInvokeEventCount'
  | 'DroppedEventCount'
  | 'OnFailureDestinationDeliveredEventCount'
  | 'DeletedEventCount';

const SIGN_OF_LIFE_MS = 30_000;

/** The metrics an event source mapping emits in the namespace `AWS/Lambda`. */
export interface MappingMetrics {
  /**
   * Only when the mapping asks for `EventCount` metrics. Zeros are left out, but for `PolledEventCount`: a mapping
   * that polls in vain says so twice a minute, so that an alarm can tell it from one that stopped.
   */
  count(name: EventCount, events: number): void;
  /** The age of the last record of a batch at the moment it is sent to the function. */
  iteratorAge(ms: number): void;
  destinationDeliveryFailure(): void;
}

/**
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics
 */
export function createMappingMetrics(
  mapping: EventSourceMapping,
  sink: MetricSink,
  clock: Clock,
): MappingMetrics {
  const lambda = { namespace: 'AWS/Lambda' } as const;
  const byFunction = { FunctionName: mapping.functionName };
  const byMapping = { EventSourceMappingUUID: mapping.id };
  let polledAt = Number.NEGATIVE_INFINITY;
  return {
    count(name, events) {
      if (!mapping.eventCountMetrics) return;
      const now = clock.now();
      if (events === 0 && (name !== 'PolledEventCount' || now - polledAt < SIGN_OF_LIFE_MS)) return;
      if (name === 'PolledEventCount') polledAt = now;
      sink({ ...lambda, name, dimensions: byMapping, value: events, unit: 'Count', timestamp: now });
    },
    iteratorAge(ms) {
      const value = Math.max(0, ms);
      sink({
        ...lambda,
        name: 'IteratorAge',
        dimensions: byFunction,
        value,
        unit: 'Milliseconds',
        timestamp: clock.now(),
      });
    },
    destinationDeliveryFailure() {
      sink({
        ...lambda,
        name: 'DestinationDeliveryFailures',
        dimensions: byFunction,
        value: 1,
        unit: 'Count',
        timestamp: clock.now(),
      });
    },
  };
}
