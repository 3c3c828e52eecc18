import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CheckpointStore } from '../../src/event-source-mappings/index.ts';
import { laneOf } from '../../src/event-source-mappings/streams/record.ts';
import {
  createMemoryCheckpoints,
  failureBucketArn,
  type Handler,
  type SeenEvent,
  throttle,
  type World,
  withStream,
} from '../conformance/support/world.ts';

/** How one written record behaves. */
interface Plan {
  readonly item: string;
  readonly shardId: string;
  readonly filteredOut: boolean;
  /** Invocations it makes fail; beyond the limits: poison. */
  readonly failures: number;
  readonly by: 'throwing' | 'reporting';
  /** Milliseconds before the start at which it was written. */
  readonly writtenBefore: number;
}

interface Scenario {
  readonly plans: readonly Plan[];
  readonly throttles: readonly boolean[];
  readonly properties: Record<string, unknown>;
  readonly maximumRetryAttempts: number;
  readonly bisect: boolean;
}

const day = 24 * 3_600_000;

const plan: fc.Arbitrary<Plan> = fc.record({
  item: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  shardId: fc.constantFrom('shard-1', 'shard-2'),
  filteredOut: fc.nat(4).map((roll) => roll === 0),
  failures: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.nat(5) },
    fc.constant(1000),
  ),
  by: fc.constantFrom('throwing', 'reporting'),
  // Some expire in the stream during the run, some before it.
  writtenBefore: fc.oneof(
    { weight: 12, arbitrary: fc.constant(0) },
    fc.constantFrom(day - 1000, day - 20, day + 1000, 55_000, 61_000),
  ),
});

const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    plans: fc.array(plan, { minLength: 1, maxLength: 40 }),
    throttles: fc.array(
      fc.nat(9).map((roll) => roll === 0),
      { maxLength: 30 },
    ),
    batchSize: fc.constantFrom(1, 2, 3, 7, 100),
    windowSeconds: fc.constantFrom(0, 0, 2),
    lanes: fc.constantFrom(1, 1, 2, 5),
    bisect: fc.boolean(),
    report: fc.boolean(),
    maximumRetryAttempts: fc.constantFrom(0, 1, 3, -1),
    limitAge: fc.boolean(),
  })
  .map(({ plans, throttles, ...drawn }) => ({
    // Old records come first in their shard, as sequence numbers follow time.
    plans: plans.toSorted((left, right) => right.writtenBefore - left.writtenBefore),
    throttles,
    bisect: drawn.bisect,
    maximumRetryAttempts:
      drawn.maximumRetryAttempts === -1 ? Number.POSITIVE_INFINITY : drawn.maximumRetryAttempts,
    properties: {
      BatchSize: drawn.batchSize,
      MaximumBatchingWindowInSeconds: drawn.windowSeconds,
      ParallelizationFactor: drawn.lanes,
      BisectBatchOnFunctionError: drawn.bisect,
      FunctionResponseTypes: drawn.report ? ['ReportBatchItemFailures'] : [],
      MaximumRetryAttempts: drawn.maximumRetryAttempts,
      // Endless retries need another end.
      MaximumRecordAgeInSeconds: drawn.limitAge || drawn.maximumRetryAttempts === -1 ? 60 : -1,
      FilterCriteria: { Filters: [{ Pattern: '{"dynamodb":{"NewImage":{"keep":{"BOOL":[true]}}}}' }] },
      DestinationConfig: { OnFailure: { Destination: failureBucketArn } },
    },
  }));

const sequenceNumbers = (event: SeenEvent) =>
  event.Records.map(({ dynamodb }) => dynamodb?.SequenceNumber ?? '');

/** Writes the plans into the stream and keeps the books of what became of every record. */
function bookkeeping({ plans, throttles, properties }: Scenario) {
  const written = new Map<string, Plan & { createdAt: number }>();
  const left = new Map<string, number>();
  const succeeded: string[] = [];
  const tries = new Map<string, number>();
  const perRecord = new Map<string, number>();
  const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);

  const handler: Handler = ({ event, records }, invocation) => {
    if (throttles[invocation - 1]) return throttle;
    count(tries, records.join());
    for (const record of records) count(perRecord, record);
    const bad = sequenceNumbers(event).filter((record) => (left.get(record) ?? 0) > 0);
    for (const record of bad) left.set(record, (left.get(record) ?? 0) - 1);
    const [lowest] = bad;
    if (lowest === undefined) {
      succeeded.push(...records);
      return null;
    }
    const reporting =
      Array.isArray(properties.FunctionResponseTypes) && properties.FunctionResponseTypes.length > 0;
    if (!reporting || written.get(lowest)?.by === 'throwing') throw new Error('failing');
    succeeded.push(...records.slice(0, records.indexOf(lowest)));
    return { batchItemFailures: bad.toReversed().map((itemIdentifier) => ({ itemIdentifier })) };
  };

  return {
    handler,
    written,
    succeeded,
    tries,
    perRecord,
    write(world: World): void {
      for (const planned of plans) {
        const createdAt = world.clock.now() - planned.writtenBefore;
        const record = world.stream.put({
          shardId: planned.shardId,
          keys: { pk: { S: planned.item } },
          newImage: { keep: { BOOL: !planned.filteredOut } },
          createdAt,
        });
        written.set(record, { ...planned, createdAt });
        left.set(record, planned.failures);
      }
    },
    survivors: () => [...written].filter(([, { filteredOut }]) => !filteredOut).map(([record]) => record),
    destined: (world: World) =>
      world.objects.flatMap(({ body }) => sequenceNumbers(JSON.parse(String(body.payload)))),
  };
}

test('laws of streams: one end for every record, order per item, checkpoints behind, attempts within limits', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (drawn) => {
      const books = bookkeeping(drawn);
      const kept = createMemoryCheckpoints();
      // What is thrown in a port or handler is a failure to recover from, not one of this test.
      const violations: string[] = [];
      let world: World | undefined;

      const isResolved = (record: string): boolean => {
        if (!world) return false;
        const { createdAt = 0 } = books.written.get(record) ?? {};
        return (
          books.succeeded.includes(record) ||
          books.destined(world).includes(record) ||
          world.clock.now() - createdAt > day
        );
      };
      const checked: CheckpointStore = {
        load: kept.load,
        save: async (mappingId, shardId, checkpoint) => {
          for (const record of books.survivors()) {
            const planned = books.written.get(record);
            if (planned?.shardId !== shardId) continue;
            const through = checkpoint.lanes[laneOf({ pk: { S: planned.item } }, checkpoint.lanes.length)];
            if (through && BigInt(record) <= BigInt(through) && !isResolved(record))
              violations.push(`the checkpoint ${through} passed ${record}, which is not resolved`);
          }
          await kept.save(mappingId, shardId, checkpoint);
        },
      };

      await withStream(
        {
          shards: [['shard-1'], ['shard-2']],
          properties: drawn.properties,
          handler: books.handler,
          options: { checkpoints: checked, streamPolling: { activeMs: 500, idleMs: 5000 } },
        },
        async (started) => {
          world = started;
          books.write(started);
          started.start();
          const expired = () =>
            started.events
              .filter((event) => event.type === 'discarded' && event.condition === 'RecordExpired')
              .reduce((sum, { records }) => sum + records, 0);
          const ended = () => books.succeeded.length + books.destined(started).length + expired();
          await started.clock.until(() => ended() >= books.survivors().length, 6 * 3_600_000);
          await started.clock.advance(120_000);

          assert.deepEqual(violations, []);

          // One end for every record that passes the filter, and nothing else was ever delivered.
          const ends = [...books.succeeded, ...books.destined(started)];
          assert.equal(new Set(ends).size, ends.length, 'a record had two ends');
          const without = books.survivors().filter((record) => !ends.includes(record));
          assert.equal(without.length, expired());
          for (const record of without)
            assert(
              started.clock.now() - (books.written.get(record)?.createdAt ?? 0) > day,
              'a record is lost',
            );
          assert(ends.every((record) => books.written.get(record)?.filteredOut === false));

          // Successes of one item come in the order of the stream.
          const perItem = Map.groupBy(books.succeeded, (record) => {
            const planned = books.written.get(record);
            return `${planned?.shardId}/${planned?.item}`;
          });
          for (const records of perItem.values())
            assert.deepEqual(
              records,
              records.toSorted((left, right) => (BigInt(left) < BigInt(right) ? -1 : 1)),
            );

          // One try and the retries: of every batch, and without splitting of every record.
          const limit = 1 + drawn.maximumRetryAttempts;
          for (const [batch, tries] of drawn.bisect ? books.tries : books.perRecord)
            assert(tries <= limit, `${batch} was tried ${tries} times of ${limit}`);

          // In the end everything is behind the checkpoints, and the mapping says that it is quiet.
          for (const shardId of ['shard-1', 'shard-2']) {
            const last =
              [...books.written].findLast(([, planned]) => planned.shardId === shardId)?.[0] ?? null;
            assert(kept.current(shardId)?.lanes.every((lane) => lane === last));
          }
          assert.notEqual(started.running().status()[0]?.quietSince, undefined);
        },
      );
    }),
    { numRuns: 300 },
  );
});

test('laws of kills: nothing is lost, and only what was not checkpointed comes again', async () => {
  const kills = fc.array(fc.nat(3000), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(scenario, kills, async (drawn, delays) => {
      const books = bookkeeping(drawn);
      const covered = new Set<string>();
      const violations: string[] = [];
      await withStream(
        {
          shards: [['shard-1'], ['shard-2']],
          properties: drawn.properties,
          handler: (invocation, count, clock) => {
            for (const record of invocation.records)
              if (covered.has(record))
                violations.push(`${record} was checkpointed before the kill and came again`);
            return books.handler(invocation, count, clock);
          },
          options: { streamPolling: { activeMs: 500, idleMs: 5000 } },
        },
        async (world) => {
          books.write(world);
          for (const delay of delays) {
            world.start();
            await world.clock.advance(delay);
            world.kill();
            for (const [record, { shardId, item }] of books.written) {
              const { lanes } = world.checkpoints.current(shardId) ?? { lanes: [] };
              const through = lanes[laneOf({ pk: { S: item } }, lanes.length)];
              if (through && BigInt(record) <= BigInt(through)) covered.add(record);
            }
          }
          world.start();
          const lost = () => {
            const ends = new Set([...books.succeeded, ...books.destined(world)]);
            return books
              .survivors()
              .filter(
                (record) =>
                  !ends.has(record) && world.clock.now() - (books.written.get(record)?.createdAt ?? 0) <= day,
              );
          };
          await world.clock.until(() => lost().length === 0, 6 * 3_600_000);
          assert.deepEqual(violations, []);
        },
      );
    }),
    { numRuns: 150 },
  );
});
