import type { Clock } from '../clock.ts';
import type { InvokeFunction } from '../lambda-runtime/invocation.ts';
import type { MetricSink } from '../metrics/metric.ts';
import { type Backoff, defaultBackoff } from './backoff.ts';
import { errorMessage, type MappingContext } from './context.ts';
import type { MappingEvent } from './events.ts';
import type { EventSourceMapping } from './mapping.ts';
import { createMappingMetrics } from './metrics.ts';
import type { CheckpointStore, FailureDestinations, Log, QueueSource, StreamSource } from './ports.ts';
import { type QueueRunner, type QueueStatus, startQueue } from './queues/runner.ts';
import { type StreamRunner, startStream } from './streams/runner.ts';
import type { ShardStatus, StreamPolling } from './streams/shard.ts';

export interface EventSourceMappingsOptions {
  readonly mappings: readonly EventSourceMapping[];
  readonly streams: StreamSource;
  readonly queues: QueueSource;
  readonly destinations: FailureDestinations;
  readonly checkpoints: CheckpointStore;
  readonly invoke: InvokeFunction;
  readonly clock: Clock;
  readonly metrics: MetricSink;
  readonly log: Log;
  readonly onEvent?: (event: MappingEvent) => void;
  /** Waits between the tries of a failed batch. */
  readonly backoff?: Backoff;
  /** Without `wake()` calls `idleMs` bounds the latency of the first record after a pause. */
  readonly streamPolling?: StreamPolling;
  /** WaitTimeSeconds of the waiting poller, 1 to 20; also how long a stop may take without `endLongPolls`. */
  readonly longPollSeconds?: number;
  /** Has every long poll that is under way answered with no message, so that a stop need not wait for it. */
  readonly endLongPolls?: () => Promise<void>;
}

export type MappingStatus = {
  readonly id: string;
  readonly logicalId: string;
  readonly functionName: string;
  readonly eventSourceArn: string;
  readonly state: 'Enabled' | 'Disabled';
  /**
   * The source held nothing undelivered when it was asked at this moment, and nothing has come since;
   * `undefined` while there is work. A trace is quiet when every mapping has been quiet since a moment after
   * the last write.
   */
  readonly quietSince: number | undefined;
} & (
  | { readonly kind: 'stream'; readonly shards: readonly ShardStatus[] }
  | { readonly kind: 'queue'; readonly queue: QueueStatus }
);

export interface EventSourceMappings {
  status(): MappingStatus[];
  /** Something may have been written: streams are read at once instead of at their next turn. */
  wake(): void;
  /** As `Enabled` of the mapping: a disabled mapping finishes what it began and keeps its checkpoint. */
  setEnabled(logicalId: string, enabled: boolean): Promise<void>;
  /**
   * Starts nothing new, waits up to `graceMs` for batches at the function, then leaves them: what was not
   * checkpointed or deleted is delivered again by the next start.
   */
  stop(graceMs?: number): Promise<void>;
}

type Runner = { kind: 'stream'; runner: StreamRunner } | { kind: 'queue'; runner: QueueRunner };

interface Entry {
  readonly mapping: EventSourceMapping;
  running: (Runner & { readonly halt: AbortController }) | undefined;
}

/** Starts every enabled mapping. Failures of sources, functions and destinations never end it. */
export function startEventSourceMappings(options: EventSourceMappingsOptions): EventSourceMappings {
  const {
    clock,
    log,
    backoff = defaultBackoff,
    streamPolling = { activeMs: 30, idleMs: 75 },
    longPollSeconds = 2,
  } = options;
  const { streams: source, queues, destinations, checkpoints } = options;
  const entries: Entry[] = options.mappings.map((mapping) => ({ mapping, running: undefined }));
  for (const entry of entries) if (entry.mapping.enabled) start(entry);

  /** A listener that fails must not take a mapping down with it. */
  function onEvent(event: MappingEvent): void {
    try {
      options.onEvent?.(event);
    } catch (error) {
      log('error', `A listener of mapping events failed: ${errorMessage(error)}`);
    }
  }

  function start(entry: Entry): void {
    const { mapping } = entry;
    const halt = new AbortController();
    const context: MappingContext = {
      clock,
      invoke: options.invoke,
      backoff,
      metrics: createMappingMetrics(mapping, options.metrics, clock),
      log,
      onEvent,
      stop: halt.signal,
    };
    entry.running =
      mapping.kind === 'stream'
        ? {
            kind: 'stream',
            halt,
            runner: startStream(mapping, context, { source, destinations, checkpoints }, streamPolling),
          }
        : { kind: 'queue', halt, runner: startQueue(mapping, context, queues, longPollSeconds) };
  }

  async function halt(entry: Entry, graceMs: number): Promise<void> {
    const { running } = entry;
    if (!running) return;
    entry.running = undefined;
    running.halt.abort();
    const waited = new AbortController();
    const ended = running.runner.finished.then(() => true);
    const inTime = await Promise.race([ended, clock.sleep(graceMs, waited.signal).then(() => false)]);
    waited.abort();
    if (!inTime) log('warn', `${entry.mapping.logicalId}: stopped with a batch still at the function`);
  }

  function statusOf({ mapping, running }: Entry): MappingStatus {
    const { id, logicalId, functionName, eventSourceArn } = mapping;
    const common = {
      id,
      logicalId,
      functionName,
      eventSourceArn,
      state: running ? 'Enabled' : 'Disabled',
    } as const;
    if (mapping.kind === 'queue') {
      const queue =
        running?.kind === 'queue'
          ? running.runner.status()
          : { pollers: 0, concurrency: 0, inFlight: 0, quietSince: undefined };
      return { ...common, kind: 'queue', queue, quietSince: queue.quietSince };
    }
    const shards = running?.kind === 'stream' ? running.runner.shards() : [];
    const since = shards.map((shard) => shard.quietSince);
    const quiet = since.filter((moment) => moment !== undefined);
    const quietSince = shards.length > 0 && quiet.length === since.length ? Math.max(...quiet) : undefined;
    return { ...common, kind: 'stream', shards, quietSince };
  }

  return {
    status: () => entries.map(statusOf),
    wake() {
      for (const { running } of entries) if (running?.kind === 'stream') running.runner.wake();
    },
    async setEnabled(logicalId, enabled) {
      const entry = entries.find(({ mapping }) => mapping.logicalId === logicalId);
      if (!entry) throw new Error(`There is no event source mapping ${logicalId}`);
      if (enabled && !entry.running) start(entry);
      if (!enabled) await halt(entry, 30_000);
    },
    async stop(graceMs = 10_000) {
      const halted = Promise.all(entries.map((entry) => halt(entry, graceMs)));
      await options.endLongPolls?.();
      await halted;
    },
  };
}
