import type { Clock } from '../clock.ts';
import type { InvokeFunction } from '../lambda-runtime/invocation.ts';
import type { Backoff } from './backoff.ts';
import type { MappingEvent } from './events.ts';
import type { MappingMetrics } from './metrics.ts';
import type { Log } from './ports.ts';

/** What every part of a running mapping shares. */
export interface MappingContext {
  readonly clock: Clock;
  readonly invoke: InvokeFunction;
  readonly backoff: Backoff;
  readonly metrics: MappingMetrics;
  readonly log: Log;
  readonly onEvent: (event: MappingEvent) => void;
  /** Aborted when the mapping stops: nothing new is started, what runs is finished. */
  readonly stop: AbortSignal;
}

/** Synchronous invocations carry at most 6 MB. */
export const maximumPayloadBytes = 6 * 1024 * 1024;

/** Bytes of `{"Records":[…]}` without the records; each record also costs a comma. */
export const envelopeBytes = '{"Records":[]}'.length;

export function errorMessage(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
