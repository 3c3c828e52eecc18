import { backoffDelay } from '../backoff.ts';
import { createBell } from '../bell.ts';
import { errorMessage, type MappingContext } from '../context.ts';
import type { StreamMapping } from '../mapping.ts';
import type { Shard, ShardCheckpoint, StreamSource } from '../ports.ts';
import {
  type ShardReader,
  type ShardStatus,
  type StreamPolling,
  type StreamPorts,
  startShard,
} from './shard.ts';

export interface StreamRunner {
  /** Resolves when everything has ended after a stop. */
  readonly finished: Promise<void>;
  wake(): void;
  shards(): ShardStatus[];
}

const discoveryMs = 10_000;

/**
 * Follows the shards of one stream: all of them in parallel, children only after their parents are resolved.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
export function startStream(
  mapping: StreamMapping,
  context: MappingContext,
  ports: StreamPorts,
  polling: StreamPolling,
): StreamRunner {
  const { clock, stop, log } = context;
  const readers = new Map<string, ShardReader>();
  const checkpoints = new Map<string, ShardCheckpoint>();
  const changed = createBell(clock);

  const isDone = (shardId: string) =>
    readers.get(shardId)?.status().done ?? checkpoints.get(shardId)?.done ?? false;

  /** A mapping's first start: LATEST leaves out what is there, and that decision must survive a restart. */
  async function begin(shards: readonly Shard[]): Promise<void> {
    const parents = new Set(shards.map(({ parentShardId }) => parentShardId));
    const from = async ({ shardId }: Shard): Promise<ShardCheckpoint> => {
      const latest = mapping.startingPosition === 'LATEST';
      const done = latest && parents.has(shardId);
      const end = latest && !done ? await endOfShard(ports.source, mapping.eventSourceArn, shardId) : null;
      return { lanes: Array.from({ length: mapping.parallelizationFactor }, () => end), done };
    };
    const beginnings = await Promise.all(
      shards.map(async (shard) => [shard.shardId, await from(shard)] as const),
    );
    for (const [shardId, checkpoint] of beginnings)
      await ports.checkpoints.save(mapping.id, shardId, checkpoint);
    for (const [shardId, checkpoint] of beginnings) checkpoints.set(shardId, checkpoint);
  }

  function startEligible(shards: readonly Shard[]): void {
    const known = new Set(shards.map(({ shardId }) => shardId));
    for (const { shardId, parentShardId } of shards) {
      if (readers.has(shardId) || isDone(shardId)) continue;
      // A parent that is no longer listed was trimmed: there is nothing left to wait for.
      if (parentShardId !== undefined && known.has(parentShardId) && !isDone(parentShardId)) continue;
      const reader = startShard(mapping, context, ports, polling, shardId, checkpoints.get(shardId));
      readers.set(shardId, reader);
      reader.finished.then(changed.ring);
    }
  }

  async function run(): Promise<void> {
    let begun = false;
    let setbacks = 0;
    while (!stop.aborted) {
      try {
        if (!begun)
          for (const [shardId, kept] of await ports.checkpoints.load(mapping.id))
            checkpoints.set(shardId, kept);
        const shards = await ports.source.shards(mapping.eventSourceArn);
        if (!begun && checkpoints.size === 0) await begin(shards);
        begun = true;
        setbacks = 0;
        startEligible(shards);
        await changed.wait(discoveryMs, stop);
      } catch (error) {
        setbacks += 1;
        log('warn', `${mapping.logicalId}: cannot follow ${mapping.eventSourceArn}: ${errorMessage(error)}`);
        await clock.sleep(backoffDelay(context.backoff, setbacks), stop);
      }
    }
    await Promise.all([...readers.values()].map((reader) => reader.finished));
  }

  return {
    finished: run(),
    wake: () => {
      for (const reader of readers.values()) reader.wake();
    },
    shards: () => [...readers.values()].map((reader) => reader.status()),
  };
}

/** The last sequence number of a shard, which LATEST begins after; `null` when it holds nothing. */
async function endOfShard(source: StreamSource, streamArn: string, shardId: string): Promise<string | null> {
  let last: string | null = null;
  let iterator: string | undefined = await source.iterator(streamArn, shardId, { type: 'TRIM_HORIZON' });
  while (iterator !== undefined) {
    const page: Awaited<ReturnType<StreamSource['records']>> = await source.records(iterator, 1000);
    last = page.records[page.records.length - 1]?.sequenceNumber ?? last;
    iterator = page.records.length === 0 ? undefined : page.next;
  }
  return last;
}
