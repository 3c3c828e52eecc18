import assert from 'node:assert/strict';
import {
  changesNothing,
  toStreamRecord,
} from '../../../src/event-source-mappings/adapters/dynamodb-streams.ts';
import { createProgress } from '../../../src/event-source-mappings/streams/progress.ts';
import { type Behaviour, inArea, pages } from '../behaviour.ts';
import { streamArn, withStream } from '../support/world.ts';

const holds = inArea('Streams: reading and checkpoints');

export const streamReading: readonly Behaviour[] = [
  holds('TRIM_HORIZON starts with the oldest record there is', pages.createMapping, () =>
    withStream({}, async (world) => {
      const first = world.stream.put({});
      world.start();
      await world.clock.advance(200);
      assert.deepEqual(world.batches(), [[first]]);
    }),
  ),
  holds('LATEST leaves out what was written before the mapping', pages.createMapping, () =>
    withStream({ properties: { StartingPosition: 'LATEST' } }, async (world) => {
      world.stream.put({});
      world.start();
      await world.clock.advance(200);
      const later = world.stream.put({});
      await world.clock.advance(200);
      assert.deepEqual(world.batches(), [[later]]);
    }),
  ),
  holds(
    'LATEST counts from the first start: what is written while the mapping is down is delivered',
    pages.createMapping,
    () =>
      withStream({ properties: { StartingPosition: 'LATEST' } }, async (world) => {
        world.start();
        await world.clock.advance(200);
        await world.stop();
        const meanwhile = world.stream.put({});
        world.start();
        await world.clock.advance(200);
        assert.deepEqual(world.batches(), [[meanwhile]]);
      }),
  ),
  holds('a child shard is read only after everything of its parent is processed', pages.streams, () => {
    let fail = true;
    return withStream(
      {
        shards: [['parent'], ['child', 'parent']],
        handler: () => {
          if (fail) throw new Error('not yet');
        },
      },
      async (world) => {
        const inParent = world.stream.put({ shardId: 'parent' });
        const inChild = world.stream.put({ shardId: 'child' });
        world.stream.closeShard('parent');
        world.start();
        await world.clock.advance(5000);
        assert(world.batches().every((batch) => batch.join() === inParent));
        fail = false;
        await world.clock.until(() => world.batches().some((batch) => batch.includes(inChild)));
        assert.equal(world.checkpoints.current('parent')?.done, true);
      },
    );
  }),
  holds('shards without relation are processed at the same time', pages.dynamodb, () =>
    withStream(
      { shards: [['shard-1'], ['shard-2']], handler: async () => await new Promise(() => {}) },
      async (world) => {
        world.stream.put({ shardId: 'shard-1' });
        world.stream.put({ shardId: 'shard-2' });
        world.start();
        await world.clock.advance(200);
        assert.equal(world.concurrent.most, 2);
      },
    ),
  ),
  holds('a shard that appears later is found and read from its start', pages.streams, () =>
    withStream({ properties: { StartingPosition: 'LATEST' } }, async (world) => {
      world.start();
      await world.clock.advance(200);
      world.stream.addShard('shard-2', 'shard-1');
      const record = world.stream.put({ shardId: 'shard-2' });
      world.stream.closeShard('shard-1');
      await world.clock.until(() => world.invocations.length > 0);
      assert.deepEqual(world.batches(), [[record]]);
    }),
  ),
  holds(
    'a restart goes on after the checkpoint and delivers nothing twice that was resolved',
    pages.dynamodb,
    () =>
      withStream({}, async (world) => {
        const first = world.stream.put({});
        world.start();
        await world.clock.advance(200);
        await world.stop();
        const second = world.stream.put({});
        world.start();
        await world.clock.advance(200);
        assert.deepEqual(world.batches(), [[first], [second]]);
      }),
  ),
  holds('a batch that had not succeeded before a stop is delivered again', pages.dynamodbErrors, () => {
    let fail = true;
    return withStream(
      {
        handler: () => {
          if (fail) throw new Error('down');
        },
      },
      async (world) => {
        const record = world.stream.put({});
        world.start();
        await world.clock.advance(100);
        await world.stop();
        assert.deepEqual(world.checkpoints.current()?.lanes, [null]);
        fail = false;
        world.start();
        await world.clock.advance(200);
        assert.deepEqual(world.batches().at(-1), [record]);
        assert.deepEqual(world.checkpoints.current()?.lanes, [record]);
      },
    );
  }),
  holds('an expired iterator and failing reads lose nothing', pages.streams, () =>
    withStream({}, async (world) => {
      world.start();
      await world.clock.advance(200);
      world.stream.expireIterators();
      const first = world.stream.put({});
      await world.clock.advance(2000);
      world.stream.failReads(3);
      const second = world.stream.put({});
      await world.clock.advance(10_000);
      assert.deepEqual(world.batches(), [[first], [second]]);
    }),
  ),
  holds(
    'records trimmed while the mapping was down are gone; it goes on with the oldest left',
    pages.streams,
    () =>
      withStream({}, async (world) => {
        world.stream.put({});
        world.start();
        await world.clock.advance(200);
        await world.stop();
        world.stream.put({});
        const left = world.stream.put({});
        world.stream.trim('shard-1', 2);
        world.start();
        await world.clock.advance(1000);
        assert.deepEqual(world.batches().at(-1), [left]);
      }),
  ),
  holds(
    'a disabled mapping delivers nothing, and once enabled goes on where it was',
    pages.createMapping,
    () =>
      withStream({ properties: { Enabled: false } }, async (world) => {
        const record = world.stream.put({});
        const mappings = world.start();
        await world.clock.advance(1000);
        assert.equal(world.invocations.length, 0);
        assert.equal(mappings.status()[0]?.state, 'Disabled');
        await mappings.setEnabled('Mapping', true);
        await world.clock.advance(200);
        assert.deepEqual(world.batches(), [[record]]);
      }),
  ),
  holds('the event has the documented shape, with the creation time in seconds', pages.dynamodb, () =>
    withStream({}, async (world) => {
      const sequenceNumber = world.stream.put({ keys: { pk: { S: 'a' } }, newImage: { n: { N: '1.50' } } });
      world.start();
      await world.clock.advance(200);
      assert.deepEqual(world.invocations[0]?.event, {
        Records: [
          {
            eventID: `event-${sequenceNumber}`,
            eventName: 'INSERT',
            eventVersion: '1.1',
            eventSource: 'aws:dynamodb',
            awsRegion: 'eu-central-1',
            dynamodb: {
              ApproximateCreationDateTime: Date.parse('2026-01-15T10:00:00Z') / 1000,
              Keys: { pk: { S: 'a' } },
              NewImage: { pk: { S: 'a' }, n: { N: '1.50' } },
              SequenceNumber: sequenceNumber,
              SizeBytes: 26,
              StreamViewType: 'NEW_AND_OLD_IMAGES',
            },
            eventSourceARN: streamArn,
          },
        ],
      });
    }),
  ),
  holds('a write that changes nothing leaves no stream record', pages.streams, async () => {
    const image = { pk: { S: 'a' }, tags: { SS: ['x', 'y'] }, n: { M: { list: { L: [{ N: '1' }] } } } };
    const page = (OldImage: object, NewImage: object, eventName = 'MODIFY') =>
      changesNothing(
        toStreamRecord({
          eventID: '1',
          eventName: eventName === 'MODIFY' ? 'MODIFY' : 'INSERT',
          dynamodb: { SequenceNumber: '1', Keys: {}, OldImage: { ...OldImage }, NewImage: { ...NewImage } },
        }),
      );
    assert.equal(page(image, { ...image, tags: { SS: ['y', 'x'] } }), true);
    assert.equal(page(image, { ...image, tags: { SS: ['x'] } }), false);
    assert.equal(page(image, { ...image, n: { M: { list: { L: [{ N: '2' }] } } } }), false);
    assert.equal(page(image, image, 'INSERT'), false);
  }),
  holds.decided('a mapping with another factor puts items into other lanes')(
    'a changed parallelization factor begins after what every lane had resolved',
    pages.dynamodbMapping,
    () => {
      let stuck = true;
      const slow = (name: string) => ({ keys: { pk: { S: name } } });
      return withStream(
        {
          properties: { ParallelizationFactor: 10, BatchSize: 1 },
          handler: ({ event }) => {
            if (stuck && event.Records[0]?.dynamodb?.Keys.pk?.S === 'stuck') throw new Error('stuck');
          },
        },
        async (world) => {
          const first = world.stream.put(slow('first'));
          const held = world.stream.put(slow('stuck'));
          const others = Array.from({ length: 30 }, (_, index) => world.stream.put(slow(`other ${index}`)));
          world.start();
          await world.clock.advance(5000);
          await world.stop();
          const before = world.checkpoints.current();
          assert.equal(before?.lanes.length, 10);
          const lowest = createProgress(3, before);
          // One of three lanes is not told that a lane of ten was further: nothing that is not resolved is passed over.
          assert.equal(lowest.startAfter, before?.lanes.some((lane) => lane === null) ? null : first);
          for (const lane of [0, 1, 2]) assert.equal(lowest.isResolved(lane, held), false);
          for (const other of others)
            for (const lane of [0, 1, 2]) assert.equal(lowest.isResolved(lane, other), false);
          stuck = false;
        },
      );
    },
  ),
];
