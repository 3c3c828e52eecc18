import { recordCalls } from '../../src/trace/record-calls.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/orders';
const BUCKET = 'arn:aws:s3:::receipts';

/** A call of a function with its answer. */
const record = (
  recorder: ReturnType<typeof recordCalls>,
  resource: string,
  { status = 200, body = '{}', stoppedBy }: { status?: number; body?: string; stoppedBy?: string } = {},
) => {
  const judged = {
    functionName: 'api',
    service: 'dynamodb' as const,
    operation: 'PutItem',
    needs: [{ action: 'dynamodb:PutItem', resource }],
    grants: [],
  };
  const call = { method: 'POST', path: '/', headers: {}, requestBody: Buffer.from('{}') };
  recorder.began(judged, call, stoppedBy)(status, Buffer.from(body));
};

test('calls of an index and of an object count as those of their table and bucket', () => {
  const recorder = recordCalls();
  record(recorder, TABLE);
  record(recorder, `${TABLE}/index/byCustomer`);
  record(recorder, `${BUCKET}/2026/a.json`);
  expect(recorder.activity()).toEqual([
    { resource: TABLE, perSecond: 0.4, failed: 0 },
    { resource: BUCKET, perSecond: 0.2, failed: 0 },
  ]);
});

test.each([
  ['refused', { status: 400, stoppedBy: 'lacks a right' }, 1],
  ['broken off', { status: 0 }, 1],
  ['throttled', { status: 400, body: '{"__type":"com.amazonaws#ThrottlingException"}' }, 1],
  ['unavailable', { status: 503 }, 1],
  ['not as its condition says', { status: 400, body: '{"__type":"…#ConditionalCheckFailedException"}' }, 0],
  ['for what is not there', { status: 404 }, 0],
])('a call that is %s counts as failed or not', (_, answer, failed) => {
  const recorder = recordCalls();
  record(recorder, TABLE, answer);
  expect(recorder.activity()).toEqual([{ resource: TABLE, perSecond: 0.2, failed }]);
});
