import { type Bell, createBell } from '../bell.ts';
import { errorMessage, type MappingContext } from '../context.ts';
import type { StreamMapping } from '../mapping.ts';
import type {
  CheckpointStore,
  FailureDestinations,
  ShardCheckpoint,
  StreamRecord,
  StreamSource,
} from '../ports.ts';
import { deliverBatch } from './deliver.ts';
import { discard } from './discard.ts';
import { createLane, type Lane } from './lane.ts';
import { createPages } from './pages.ts';
import { createProgress } from './progress.ts';
import { laneOf, type PendingRecord, toEvent } from './record.ts';
import { createSaver } from './saver.ts';
import { earlierSequence } from './sequence.ts';

/**
 * How often an open shard is read: `activeMs` for a while after a record or a wake, else `idleMs`. AWS reads
 * each shard four times a second.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export interface StreamPolling {
  readonly activeMs: number;
  readonly idleMs: number;
}

export interface StreamPorts {
  readonly source: StreamSource;
  readonly destinations: FailureDestinations;
  readonly checkpoints: CheckpointStore;
}

export interface ShardStatus {
  readonly shardId: string;
  /** The lowest checkpoint of the lanes: everything up to here is resolved. */
  readonly checkpoint: string | null;
  readonly lanes: readonly (string | null)[];
  readonly done: boolean;
  /** Records read and not resolved. */
  readonly pending: number;
  /** Batches at the function right now, waiting times between tries included. */
  readonly inFlight: number;
  /** Age of the oldest record that is not resolved, 0 when there is none. */
  readonly iteratorAgeMs: number;
  /** Everything written before this moment is resolved; `undefined` while there is work. */
  readonly quietSince: number | undefined;
}

export interface ShardReader {
  /** Resolves when the shard is closed and resolved, or the mapping stopped. */
  readonly finished: Promise<void>;
  wake(): void;
  status(): ShardStatus;
}

/** Reading pauses above this many unresolved records, so that a stuck lane does not fill the memory. */
const readAhead = 20_000;
const busyForMs = 500;
/** Writes in quick succession share a read. */
const pauseMs = 4;

/** Reads one shard in order, spreads its records over the lanes and works the lanes off. */
export function startShard(
  mapping: StreamMapping,
  context: MappingContext,
  ports: StreamPorts,
  polling: StreamPolling,
  shardId: string,
  restored: ShardCheckpoint | undefined,
): ShardReader {
  const { clock, stop, log, metrics } = context;
  const progress = createProgress(mapping.parallelizationFactor, restored);
  const saver = createSaver(
    () => ports.checkpoints.save(mapping.id, shardId, progress.snapshot()),
    (error) =>
      log('error', `${mapping.logicalId}: checkpoint of ${shardId} not kept: ${errorMessage(error)}`),
  );
  const lanes: Lane[] = Array.from({ length: mapping.parallelizationFactor }, () =>
    createLane(clock, mapping.batchSize, mapping.batchingWindowMs),
  );
  const nextPage = createPages(mapping, context, ports.source, shardId, progress.startAfter);
  const atWork = new Map<number, readonly PendingRecord[]>();
  const reading: Bell = createBell(clock);
  const drained: Bell = createBell(clock);
  let quietSince: number | undefined;
  let workedUntil = 0;
  let busyUntil = 0;

  async function workOff(lane: Lane, index: number): Promise<void> {
    for (let batch = await lane.next(stop); batch; batch = await lane.next(stop)) {
      atWork.set(index, batch);
      await deliverBatch(mapping, context, shardId, batch, {
        async resolved(records) {
          const last = records[records.length - 1] ?? records[0];
          progress.resolve(index, records.length, last.sequenceNumber);
          atWork.set(index, (atWork.get(index) ?? []).slice(records.length));
          workedUntil = clock.now();
          await saver.save();
          context.onEvent({
            type: 'resolved',
            mapping: mapping.logicalId,
            source: shardId,
            records: records.length,
            through: last.sequenceNumber,
          });
        },
        discard: (records, condition, invocations, response) =>
          discard(mapping, context, ports.destinations, shardId, records, condition, invocations, response),
      });
      atWork.delete(index);
      drained.ring();
    }
  }

  /** Hands a page to the lanes; answers whether anything was filtered out. */
  function distribute(records: readonly StreamRecord[]): boolean {
    let filtered = 0;
    for (const record of records) {
      const lane = laneOf(record.body.dynamodb.Keys, lanes.length);
      if (!progress.isResolved(lane, record.sequenceNumber)) {
        const event = toEvent(record, mapping.eventSourceArn);
        if (mapping.filter && !mapping.filter(event)) filtered += 1;
        else {
          progress.add(lane);
          const { sequenceNumber, createdAt } = record;
          const bytes = Buffer.byteLength(JSON.stringify(event));
          lanes[lane]?.push({ sequenceNumber, createdAt, event, bytes, queuedAt: clock.now() });
        }
      }
      progress.readThrough(record.sequenceNumber);
    }
    metrics.count('PolledEventCount', records.length);
    metrics.count('FilteredOutEventCount', filtered);
    if (filtered > 0)
      context.onEvent({ type: 'filtered', mapping: mapping.logicalId, source: shardId, records: filtered });
    return filtered > 0;
  }

  async function read(): Promise<void> {
    busyUntil = clock.now() + busyForMs;
    while (!stop.aborted) {
      if (progress.pending() >= readAhead) {
        await drained.wait(polling.idleMs, stop);
        continue;
      }
      const askedAt = clock.now();
      const page = await nextPage();
      if (!page) return;
      const { records, full, last } = page;
      const filtered = distribute(records);
      if (filtered && progress.pending() === 0) await saver.save();
      if (last) return await finish();
      if (records.length > 0) busyUntil = askedAt + busyForMs;
      const calm = records.length === 0 && progress.pending() === 0;
      quietSince = calm ? (quietSince ?? Math.max(askedAt, workedUntil)) : undefined;
      if (full) continue;
      await clock.sleep(pauseMs, stop);
      if (records.length > 0) continue;
      await reading.wait(clock.now() < busyUntil ? polling.activeMs : polling.idleMs, stop);
    }
  }

  async function finish(): Promise<void> {
    while (progress.pending() > 0 && !stop.aborted) await drained.wait(Number.POSITIVE_INFINITY, stop);
    if (progress.pending() > 0) return;
    progress.finish();
    quietSince = clock.now();
    await saver.save();
  }

  const workers = lanes.map(workOff);
  const readAll = read();
  return {
    finished: (async () => {
      await readAll;
      // A closed shard has nothing more for its lanes; a stopped mapping lets them end what they began.
      if (stop.aborted) await Promise.all(workers);
    })(),
    wake() {
      // What woke us may not be readable yet: it is looked for again soon.
      busyUntil = clock.now() + busyForMs;
      reading.ring();
    },
    status() {
      const { lanes: through, done } = progress.snapshot();
      const oldest = [...atWork.values()].flatMap((batch) => batch[0]?.createdAt ?? []);
      return {
        shardId,
        checkpoint: through.reduce(earlierSequence),
        lanes: through,
        done,
        pending: progress.pending(),
        inFlight: atWork.size,
        iteratorAgeMs: oldest.length === 0 ? 0 : Math.max(0, clock.now() - Math.min(...oldest)),
        quietSince: progress.pending() === 0 ? quietSince : undefined,
      };
    },
  };
}
