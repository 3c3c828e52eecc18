import fc from 'fast-check';
import { compileFilterPolicy } from '../../src/topics/filter-policy.ts';
import type { MadeCall } from '../../src/trace/call.ts';
import { concernOf } from '../../src/trace/concern.ts';
import { createRing } from '../../src/trace/ring.ts';
import { matchWrites, writesOf } from '../../src/trace/writes.ts';

test('a ring keeps the latest, within its count and its size', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 60 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 30 }), (all, most, size) => {
      const ring = createRing<number>({ maximumItems: most, maximumSize: size, sizeOf: (item) => item });
      for (const item of all) ring.push(item);
      const kept = ring.items();
      const sum = kept.reduce((total, item) => total + item, 0);
      expect(kept.length).toBeLessThanOrEqual(most);
      expect(sum <= size || kept.length === 1).toBe(true);
      expect(kept).toEqual(all.slice(all.length - kept.length));
      expect(kept.length > 0 || all.length === 0).toBe(true);
    }),
  );
});

describe('which call wrote which stream record', () => {
  const call = (operation: string, body: unknown, at: number, status = 200): MadeCall => ({
    ...{ functionName: 'f', traceRoot: `${at}`, service: 'dynamodb', operation, needs: [], grants: [] },
    ...{ stoppedBy: undefined, request: Buffer.from(JSON.stringify(body)), began: at },
    answer: { status, body: Buffer.alloc(0), at: at + 5 },
  });
  const put = (id: string, version: number, at: number, status?: number) =>
    call('PutItem', { TableName: 'T', Item: { id: { S: id }, v: { N: `${version}` } } }, at, status);
  const record = (sequence: number, id: string, version: number, at: number) => ({
    identifier: `${sequence}`,
    event: {
      eventSourceARN: 'arn:aws:dynamodb:eu-central-1:000000000000:table/T/stream/x',
      dynamodb: {
        Keys: { id: { S: id } },
        NewImage: { id: { S: id }, v: { N: `${version}` } },
        SequenceNumber: `${sequence}`,
        ApproximateCreationDateTime: Math.floor(at / 1_000),
      },
    },
  });
  const matched = (records: ReturnType<typeof record>[], calls: MadeCall[]) => {
    const { writerOf } = matchWrites([{ batch: records }], calls.flatMap(writesOf));
    return records.map(({ identifier }) => writerOf.get(identifier)?.traceRoot);
  };

  test('by item, in order; a write that changed nothing is passed over, a refused one does not count', () => {
    const calls = [put('a', 1, 10_000), put('b', 1, 10_010), put('a', 2, 10_020, 400), put('a', 1, 10_030)];
    const later = [put('a', 3, 12_000)];
    expect(
      matched(
        [record(1, 'a', 1, 10_000), record(2, 'b', 1, 10_010), record(3, 'a', 3, 12_000)],
        [...calls, ...later],
      ),
    ).toEqual(['10000', '10010', '12000']);
  });

  test('a record of somebody else’s write is nobody’s', () => {
    expect(matched([record(9, 'a', 7, 10_000)], [put('a', 1, 10_000), put('a', 7, 90_000)])).toEqual([
      undefined,
    ]);
  });

  test('the parts of a transaction and of a batch', () => {
    const Item = { id: { S: 'a' }, v: { N: '1' } };
    const transaction = { TransactItems: [{ ConditionCheck: {} }, { Put: { TableName: 'T', Item } }] };
    const batch = { RequestItems: { T: [{ PutRequest: { Item: { id: { S: 'b' }, v: { N: '1' } } } }] } };
    expect(
      matched(
        [record(1, 'a', 1, 10_000), record(2, 'b', 1, 11_000)],
        [call('TransactWriteItems', transaction, 10_000), call('BatchWriteItem', batch, 11_000)],
      ),
    ).toEqual(['10000', '11000']);
  });
});

test('what was done for a neighbour is told from what was done for the one, or for all', () => {
  const event = (id: string) => ({
    messageId: `message-${id}`,
    body: JSON.stringify({ id, type: 'ordinary' }),
  });
  const { concerns, mentions } = concernOf(event('order-one'), [event('order-two'), event('order-three')]);
  expect(concerns('{"Key":{"id":{"S":"order-one"}}}')).toBe(true);
  expect(concerns('{"Key":{"id":{"S":"order-two"}}}')).toBe(false);
  expect(concerns('{"Key":{"id":{"S":"settings"}},"type":"ordinary"}')).toBe(true);
  expect(mentions('{"type":"ordinary"}')).toBe(false);
});

describe('the key of a filter policy that keeps a message out', () => {
  const attributes = { change: { DataType: 'String', StringValue: 'drafted' } };
  const unmet = (policy: unknown) =>
    compileFilterPolicy(JSON.stringify(policy), 'MessageAttributes').unmetKeys({ body: '', attributes });

  test('with what the message has under it', () => {
    expect(unmet({ change: ['published'] })).toEqual([{ key: 'change', given: ['drafted'] }]);
    expect(unmet({ change: ['drafted'], kind: ['x'] })).toEqual([{ key: 'kind' }]);
    expect(unmet({ change: ['drafted'] })).toEqual([]);
  });

  test('of alternatives the one that comes closest', () => {
    const policy = { $or: [{ change: ['published'], kind: ['x'] }, { kind: ['y'] }] };
    expect(unmet(policy)).toEqual([{ key: 'kind' }]);
  });
});
