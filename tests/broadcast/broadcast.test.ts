import fc from 'fast-check';
import { type BroadcastPorts, broadcast, type RejectedMessage } from '#lib/broadcast/broadcast.ts';
import type { Message } from '#lib/broadcast/pack.ts';
import { PostEvent } from '#lib/events/post-event.ts';
import { post, postChange } from '#tests/events/arbitraries.ts';
import { aPost } from '#tests/support/events.ts';
import { poisonRecord, recordOf } from './stream-records.ts';

type ParkedRecord = Parameters<BroadcastPorts['park']>[0];

/** A topic and a bucket in memory. `refuse` decides on each message. */
const outside = ({
  refuse = () => undefined,
  parkFails = () => false,
}: {
  refuse?: (event: PostEvent) => Omit<RejectedMessage, 'id'> | undefined;
  parkFails?: (parked: ParkedRecord) => boolean;
} = {}) => {
  const topic: Message[] = [];
  const parked: ParkedRecord[] = [];
  const ports: BroadcastPorts = {
    publishBatch: async (batch) =>
      batch.flatMap((message) => {
        const refusal = refuse(PostEvent.parse(JSON.parse(message.body)));
        if (!refusal) topic.push(message);
        return refusal ? [{ id: message.id, ...refusal }] : [];
      }),
    park: async (record) => {
      if (parkFails(record)) throw new Error('bucket is gone');
      parked.push(record);
    },
  };
  return { topic, parked, ports };
};

const inserted = (more = {}) => recordOf({ eventType: 'INSERT', after: aPost(more) });

test('every readable record is published as an event, and its event id is that of the record', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(postChange, { maxLength: 40 }), async (changes) => {
      const { topic, parked, ports } = outside();
      const records = changes.map((change) => recordOf(change));
      const outcome = await broadcast(records, ports);
      expect(outcome).toMatchObject({ parked: [], failed: [] });
      expect(parked).toEqual([]);
      expect(outcome.published.map(({ eventId }) => eventId)).toEqual(records.map(({ eventID }) => eventID));
      expect(topic.map(({ body }) => JSON.parse(body).eventId).toSorted()).toEqual(
        records.map(({ eventID }) => eventID).toSorted(),
      );
    }),
    { numRuns: 40 },
  );
});

test('small events take a tenth of a call each; of long ones as many go together as a call takes', async () => {
  const callsFor = async (records: readonly unknown[]) => {
    const { ports } = outside();
    let calls = 0;
    await broadcast(records, {
      ...ports,
      publishBatch: (batch) => {
        calls += 1;
        return ports.publishBatch(batch);
      },
    });
    return calls;
  };
  const short = Array.from({ length: 990 }, () => inserted());
  expect(await callsFor([...short, ...short.slice(0, 7)])).toBe(100);
  // Each takes 30 kB: eight in a call.
  const long = Array.from({ length: 80 }, () => inserted({ content: '\u0001'.repeat(4_999).concat('x') }));
  expect(await callsFor(long)).toBe(10);
});

test('all calls are under way side by side', async () => {
  const { ports } = outside();
  const all = Promise.withResolvers<void>();
  let underWay = 0;
  const { published } = await broadcast(
    Array.from({ length: 100 }, () => inserted()),
    {
      ...ports,
      publishBatch: async (batch) => {
        underWay += 1;
        if (underWay === 10) all.resolve();
        await all.promise;
        return ports.publishBatch(batch);
      },
    },
  );
  expect(published).toHaveLength(100);
});

test('a call that fails as a whole fails its own records for now, and no others', async () => {
  const { ports } = outside();
  const { published, parked, failed } = await broadcast(
    Array.from({ length: 35 }, () => inserted()),
    {
      ...ports,
      publishBatch: async (batch) => {
        if (batch[0]?.id === '10') throw new Error('connection reset');
        return ports.publishBatch(batch);
      },
    },
  );
  expect(failed.map(({ position }) => position)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  for (const { reason } of failed) expect(reason).toContain('connection reset');
  expect(published).toHaveLength(25);
  expect(parked).toEqual([]);
});

test('each record is published, parked or failed: exactly one of them', async () => {
  const fate = fc.constantFrom(
    'taken',
    'refused for now',
    'refused for good',
    'poison',
    'poison, not parked',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { maxLength: 60 }), async (fates) => {
      const records = fates.map((what) =>
        what.startsWith('poison') ? poisonRecord() : inserted({ content: what }),
      );
      const unparkable = new Set(records.filter((_, position) => fates[position] === 'poison, not parked'));
      const { topic, parked, ports } = outside({
        refuse: ({ content }) =>
          content === 'taken' ? undefined : { reason: content, permanent: content === 'refused for good' },
        parkFails: ({ record }) => [...unparkable].some((one) => one === record),
      });
      const outcome = await broadcast(records, ports);

      const positionsOf = (...wanted: string[]) =>
        fates.flatMap((what, position) => (wanted.includes(what) ? [position] : []));
      expect(outcome.published).toHaveLength(positionsOf('taken').length);
      expect(topic).toHaveLength(positionsOf('taken').length);
      expect(outcome.parked.map(({ position }) => position).toSorted((a, b) => a - b)).toEqual(
        positionsOf('poison', 'refused for good'),
      );
      expect(outcome.failed.map(({ position }) => position).toSorted((a, b) => a - b)).toEqual(
        positionsOf('refused for now', 'poison, not parked'),
      );
      expect(new Set(parked.map(({ record }) => record))).toEqual(
        new Set(positionsOf('poison', 'refused for good').map((position) => records[position])),
      );
    }),
    { numRuns: 40 },
  );
});

test('a record whose image is no post is parked whole, with every problem named, and holds up no other', async () => {
  const { topic, parked, ports } = outside();
  const poison = poisonRecord();
  const outcome = await broadcast([inserted(), poison, inserted()], ports);
  expect(outcome).toMatchObject({ parked: [{ position: 1 }], failed: [] });
  expect(topic).toHaveLength(2);
  expect(parked).toEqual([{ record: poison, reason: expect.stringMatching(/NewImage\.status/) }]);
  expect(parked[0]?.reason).toMatch(/must be a ULID/);
});

test.each<[what: string, record: unknown]>([
  ['nothing', undefined],
  ['a text', 'record'],
  ['no image', { ...inserted(), dynamodb: { SequenceNumber: '1', ApproximateCreationDateTime: 1 } }],
  ...[-1, 253_402_300_800, 8.64e12 + 1, 1e300, '1795156200', null].map((time): [string, unknown] => [
    `from time ${time}`,
    { ...inserted(), dynamodb: { ...inserted().dynamodb, ApproximateCreationDateTime: time } },
  ]),
  ['without a sequence number', { ...inserted(), dynamodb: { ...inserted().dynamodb, SequenceNumber: '' } }],
  ['without an event id', { ...inserted(), eventID: undefined }],
  ['an unknown kind of change', { ...inserted(), eventName: 'TRUNCATE' }],
  ...[undefined, null, 'text', 5, [], {}, { S: 5 }, { N: 'x' }].map((value): [string, unknown] => [
    `an image with ${JSON.stringify(value)} for an attribute`,
    { ...inserted(), dynamodb: { ...inserted().dynamodb, NewImage: { postId: value } } },
  ]),
  ...[null, 'text', 5, []].map((image): [string, unknown] => [
    `an image that is ${JSON.stringify(image)}`,
    { ...inserted(), dynamodb: { ...inserted().dynamodb, NewImage: image } },
  ]),
  [
    'an image that is no item',
    { ...inserted(), dynamodb: { ...inserted().dynamodb, NewImage: { postId: { X: 1 } } } },
  ],
])('a record that is %s is parked, not thrown', async (_what, record) => {
  const { parked, ports } = outside();
  const outcome = await broadcast([inserted(), record], ports);
  expect(outcome).toMatchObject({ parked: [{ position: 1 }], failed: [] });
  expect(outcome.published).toHaveLength(1);
  expect(parked[0]?.record).toBe(record);
});

test("a message that the topic refuses for good is parked with the topic's own words", async () => {
  const { parked, ports } = outside({
    refuse: ({ content }) =>
      content === 'bad' ? { reason: 'InvalidParameter: too odd', permanent: true } : undefined,
  });
  const bad = inserted({ content: 'bad' });
  const outcome = await broadcast([inserted(), bad], ports);
  expect(outcome.failed).toEqual([]);
  expect(outcome.published).toHaveLength(1);
  expect(parked).toEqual([{ record: bad, reason: 'InvalidParameter: too odd' }]);
});

test('a record that cannot be parked comes again, with both reasons', async () => {
  const { ports } = outside({ parkFails: () => true });
  const outcome = await broadcast([inserted(), poisonRecord()], ports);
  expect(outcome.parked).toEqual([]);
  expect(outcome.published).toHaveLength(1);
  expect(outcome.failed).toEqual([
    { position: 1, reason: expect.stringMatching(/bucket is gone.*after:.*must be a ULID/s) },
  ]);
});

test('a removal by TTL is a removal: version + 1, and the record speaks for its correlation', async () => {
  await fc.assert(
    fc.asyncProperty(post, async (before) => {
      const { topic, ports } = outside();
      const record = {
        ...recordOf({ eventType: 'REMOVE', before }),
        userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
      };
      await broadcast([record], ports);
      expect(topic[0]?.attributes).toMatchObject({ eventType: 'REMOVE', change: 'removed' });
      expect(JSON.parse(topic[0]?.body ?? '')).toMatchObject({
        version: before.version + 1,
        correlationId: 'request-1',
        occurredAt: '2026-11-20T06:30:00.000Z',
      });
    }),
    { numRuns: 20 },
  );
});

test.each([
  ['no', undefined],
  ['an empty', { S: '' }],
  ['a number for a', { N: '5' }],
  ['a correlation id that SQS would lose for a', { S: 'request\uFFFE' }],
])('an event with %s correlation id is followed by its event id', async (_what, correlationId) => {
  const { ports } = outside();
  const record = recordOf({ eventType: 'INSERT', after: aPost() });
  Object.assign(record.dynamodb?.NewImage ?? {}, { correlationId });
  if (!correlationId) delete record.dynamodb?.NewImage?.correlationId;
  const { published } = await broadcast([record], ports);
  expect(published[0]?.correlationId).toBe(record.eventID);
});
