import type { Clock } from '../clock.ts';
import type { EmittedMetric } from '../metrics/emitted.ts';
import type { MetricDatum, MetricSink } from '../metrics/metric.ts';
import type { EventSourceMapping } from './mapping.ts';

type EventCount = Extract<EmittedMetric<'AWS/Lambda'>, `${string}EventCount`>;

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
  const byFunction = { FunctionName: mapping.functionName };
  const byMapping = { EventSourceMappingUUID: mapping.id };
  const emit = (
    name: EmittedMetric<'AWS/Lambda'>,
    dimensions: MetricDatum['dimensions'],
    value: number,
    unit: MetricDatum['unit'] = 'Count',
  ) => sink({ namespace: 'AWS/Lambda', name, dimensions, value, unit, timestamp: clock.now() });
  let polledAt = Number.NEGATIVE_INFINITY;
  return {
    count(name, events) {
      if (!mapping.eventCountMetrics) return;
      const now = clock.now();
      if (events === 0 && (name !== 'PolledEventCount' || now - polledAt < SIGN_OF_LIFE_MS)) return;
      if (name === 'PolledEventCount') polledAt = now;
      emit(name, byMapping, events);
    },
    iteratorAge: (ms) => emit('IteratorAge', byFunction, Math.max(0, ms), 'Milliseconds'),
    destinationDeliveryFailure: () => emit('DestinationDeliveryFailures', byFunction, 1),
  };
}
