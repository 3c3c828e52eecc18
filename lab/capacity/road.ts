import { invocationModel, unitsOfARecord } from './durations.ts';
import type { Facts } from './facts.ts';
import type { Measured } from './measured.ts';
import { type MappingModel, type QueueModel, queueModel, streamModel } from './model.ts';
import { behaviourOf, quotaOf } from './quotas.ts';
import { CHANGES_OF_A_POST, deliveriesOf } from './workload.ts';

/** A function on a post's road at a steady rate. */
export interface Load extends MappingModel {
  functionKey: string;
  memoryMegabytes: number;
  /** Records, messages or requests. */
  ratePerSecond: number;
  milliseconds: number;
}

export interface QueueLoad extends Load, QueueModel {
  maximumConcurrency?: number | undefined;
  /** Pollers that it would take without a maximum. */
  pollersNeeded: number;
}

/** The whole road at so many posts a second. */
export interface Road {
  postsPerSecond: number;
  api: Load;
  stream: Load & { shards: number };
  queues: QueueLoad[];
  /** Units a second by table, its indexes included; and those of the table alone, which its quota counts. */
  tables: { id: string; writeUnits: number; readUnits: number; ofTheTable: number }[];
  messagesPerSecond: number;
  invocationsPerSecond: number;
  concurrency: number;
}

/** Of the posts table an index is written with each item; of others none is on the road. */
const tableUnits = (
  facts: Facts,
  measured: Measured,
  postsPerSecond: number,
  kind: 'writeUnits' | 'readUnits',
): Map<string, number> => {
  const units = new Map<string, number>();
  const add = (functionKey: string, rate: number) => {
    for (const [table, count] of Object.entries(unitsOfARecord(measured, functionKey)[kind]))
      units.set(table, (units.get(table) ?? 0) + count * rate);
  };
  add('createPost', postsPerSecond);
  for (const { functionKey, filterPolicy } of facts.queues)
    add(functionKey, postsPerSecond * deliveriesOf(filterPolicy));
  return units;
};

/**
 * What a steady rate of posts asks of every part.
 * @param postsPerSecond created, each published and approved
 * @throws when a function of the template was not measured
 */
export const roadOf = (facts: Facts, measured: Measured, postsPerSecond: number): Road => {
  const memoryOf = (functionKey: string): number => facts.functions[functionKey]?.memoryMegabytes ?? 0;
  const timed = (functionKey: string) => {
    const model = invocationModel(measured, functionKey);
    return (records: number) => model.milliseconds(records, memoryOf(functionKey));
  };
  const loadOf = (functionKey: string, ratePerSecond: number, mapping: MappingModel): Load => ({
    functionKey,
    memoryMegabytes: memoryOf(functionKey),
    ratePerSecond,
    ...mapping,
    milliseconds: timed(functionKey)(mapping.batch),
  });

  const writes = tableUnits(facts, measured, postsPerSecond, 'writeUnits');
  const reads = tableUnits(facts, measured, postsPerSecond, 'readUnits');
  const tables = Object.entries(facts.tables)
    .map(([id, { indexes }]) => {
      const writeUnits = writes.get(id) ?? 0;
      const written = id === 'PostsTable' ? 1 + indexes : 1;
      return { id, writeUnits, readUnits: reads.get(id) ?? 0, ofTheTable: writeUnits / written };
    })
    .filter(({ writeUnits, readUnits }) => writeUnits + readUnits > 0);

  const postsWrites = tables.find(({ id }) => id === 'PostsTable')?.ofTheTable ?? 0;
  const shards = Math.max(
    behaviourOf('newTableShards'),
    Math.ceil(postsWrites / quotaOf('partitionWriteUnits').value),
  );
  const { stream } = facts;
  const messagesPerSecond = postsPerSecond * CHANGES_OF_A_POST.length;

  const createSeconds = timed('createPost')(1) / 1_000;
  const api = loadOf('createPost', postsPerSecond, {
    batch: 1,
    invocationsPerSecond: postsPerSecond,
    concurrency: postsPerSecond * createSeconds,
    mostPerSecond: facts.routeRateLimit,
    utilisation: postsPerSecond / facts.routeRateLimit,
  });
  const streamModelOf = (lanesPerShard: number) =>
    streamModel(messagesPerSecond, { ...stream, shards, lanesPerShard }, timed(stream.functionKey));
  const allowedLanes = streamModelOf(stream.parallelizationFactor);
  // What the rate needs, also beyond what the setting allows: the limits tell of that.
  const lanes = Math.ceil(allowedLanes.utilisation * stream.parallelizationFactor);
  const streamLoad = {
    ...loadOf(
      stream.functionKey,
      messagesPerSecond,
      lanes > stream.parallelizationFactor ? streamModelOf(lanes) : allowedLanes,
    ),
    mostPerSecond: allowedLanes.mostPerSecond,
    utilisation: allowedLanes.utilisation,
    shards,
  };
  const queues = facts.queues
    .map((queue): QueueLoad => {
      const rate = postsPerSecond * deliveriesOf(queue.filterPolicy);
      const { batchSize, windowSeconds, functionKey } = queue;
      const allowed = queue.maximumConcurrency ?? quotaOf('queueMaximumConcurrency').value;
      const modelOf = (mostPollers: number) =>
        queueModel(rate, { batchSize, windowSeconds, mostPollers }, timed(functionKey));
      const pollersNeeded = modelOf(allowed).utilisation * allowed;
      const model = modelOf(Math.max(allowed, Math.ceil(pollersNeeded)));
      return {
        ...loadOf(functionKey, rate, model),
        pollers: model.pollers,
        receivesPerMessage: model.receivesPerMessage,
        maximumConcurrency: queue.maximumConcurrency,
        mostPerSecond: modelOf(allowed).mostPerSecond,
        utilisation: modelOf(allowed).utilisation,
        pollersNeeded,
      };
    })
    .filter(({ ratePerSecond }) => ratePerSecond > 0);

  const loads = [api, streamLoad, ...queues];
  return {
    postsPerSecond,
    api,
    stream: streamLoad,
    queues,
    tables,
    messagesPerSecond,
    invocationsPerSecond: loads.reduce((sum, { invocationsPerSecond }) => sum + invocationsPerSecond, 0),
    concurrency: loads.reduce((sum, { concurrency }) => sum + concurrency, 0),
  };
};
