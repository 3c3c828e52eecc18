import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchExecuteStatementCommand,
  BatchGetCommand,
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { withShortWay } from '#lib/platform/aws/dynamodb-short-way.ts';
import { closeServer, listenOnLoopback } from '#local/loopback-server.ts';
import { localCredentials } from '#tests/support/tables.ts';

let server: Server;
let requests: { path: string | undefined; headers: IncomingHttpHeaders; body: unknown }[] = [];
let answers: { status: number; body: object }[] = [];
let ours: DynamoDBDocumentClient;
let theirs: DynamoDBDocumentClient;
beforeAll(async () => {
  server = createServer(async (request, response) => {
    requests.push({ path: request.url, headers: request.headers, body: JSON.parse(await text(request)) });
    const { status, body } = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 200, body: {} };
    response
      .writeHead(status, { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': 'request-1' })
      .end(JSON.stringify(body));
  });
  const endpoint = `http://127.0.0.1:${await listenOnLoopback(server, 0)}/some-function/dynamodb`;
  const client = () =>
    DynamoDBDocumentClient.from(
      new DynamoDBClient({ credentials: localCredentials, region: 'us-east-1', endpoint }),
      { marshallOptions: { removeUndefinedValues: true } },
    );
  theirs = client();
  ours = withShortWay(client());
  // The first command of a kind goes the long way.
  await ours.send(put({}));
  await ours.send(get());
  await ours.send(query());
  await ours.send(update({}));
  await ours.send(batchWrite([{}]));
  await ours.send(batchGet(['1']));
  await ours.send(statements([{}]));
});
beforeEach(() => {
  requests = [];
  answers = [];
});
afterAll(() => closeServer(server));

const TableName = 'posts';
const put = (Item: Record<string, unknown>, table = TableName) =>
  new PutCommand({ TableName: table, Item, ConditionExpression: 'attribute_not_exists(postId)' });
const get = () => new GetCommand({ TableName, Key: { postId: '1' }, ConsistentRead: true });
const update = (values: Record<string, unknown>) =>
  new UpdateCommand({
    TableName,
    Key: { postId: '1' },
    UpdateExpression: 'SET #a = :a',
    ExpressionAttributeNames: { '#a': 'a' },
    ExpressionAttributeValues: values,
    ReturnValues: undefined,
  });
const query = (start?: Record<string, unknown>) =>
  new QueryCommand({
    TableName,
    KeyConditionExpression: 'userId = :u',
    ExpressionAttributeValues: { ':u': 'user-1' },
    Limit: 20,
    ScanIndexForward: false,
    ExclusiveStartKey: start,
  });
const batchWrite = (items: readonly Record<string, unknown>[]) =>
  new BatchWriteCommand({
    RequestItems: {
      [TableName]: items.flatMap((Item) => [{ PutRequest: { Item } }, { DeleteRequest: { Key: { a: 1 } } }]),
    },
  });
const batchGet = (ids: readonly string[]) =>
  new BatchGetCommand({
    RequestItems: { [TableName]: { Keys: ids.map((postId) => ({ postId })), ConsistentRead: true } },
  });

const statements = (items: readonly Record<string, unknown>[]) =>
  new BatchExecuteStatementCommand({
    Statements: items.map((fields) => ({
      Statement: `INSERT INTO "${TableName}" VALUE ?`,
      Parameters: Object.values(fields),
    })),
  });

const OF_ONE_REQUEST = new Set(['amz-sdk-invocation-id', 'x-amz-date', 'authorization']);

/** What a client sent, its answer or its error, without what differs from one request to the next. */
const toldBy = async (send: () => Promise<unknown>): Promise<unknown> => {
  requests = [];
  const answer = await send().catch((error: unknown) => ({ error: `${error}` }));
  return {
    answer,
    requests: requests.map(({ path, headers, body }) => ({
      path,
      body,
      headers: Object.entries(headers)
        .filter(([name]) => !OF_ONE_REQUEST.has(name))
        // The order of fields, and so the hash of a body, may differ.
        .filter(([name]) => name !== 'x-amz-content-sha256')
        .sort(),
    })),
  };
};
const expectTheSame = async (send: (client: DynamoDBDocumentClient) => Promise<unknown>) =>
  expect(await toldBy(() => send(ours))).toEqual(await toldBy(() => send(theirs)));

class Stranger {
  name = 'an instance of a class';
}
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { withCrossShrink: true },
    fc.string({ unit: 'grapheme' }),
    fc.integer(),
    fc.double(),
    fc.bigInt(),
    fc.boolean(),
    fc.constantFrom(null, undefined, new Stranger(), new Map([['a', 1]]), () => 1),
    fc.uint8Array({ minLength: 1 }),
    fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1 }).map((texts) => new Set(texts)),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.string({ minLength: 1 }), tie('any'), { maxKeys: 3 }),
  ),
})).any;
const item = fc.dictionary(fc.string({ minLength: 1 }), value, { maxKeys: 4 });

test('whatever is written, the request is the one that the SDK makes by itself', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(item, { minLength: 1, maxLength: 3 }), async ([first = {}, ...others]) => {
      await expectTheSame((client) => client.send(put(first)));
      await expectTheSame((client) => client.send(update(first)));
      await expectTheSame((client) => client.send(query(first)));
      await expectTheSame((client) => client.send(batchWrite([first, ...others])));
      await expectTheSame((client) => client.send(statements([first, ...others])));
    }),
    { numRuns: 100 },
  );
});

test('what is read is what the SDK reads by itself, binary values and sets too', async () => {
  const stored = {
    postId: { S: '1' },
    version: { N: '3' },
    large: { N: '9007199254740993' },
    scores: { M: { profanity: { N: '0.9' }, none: { NULL: true } } },
    words: { L: [{ S: 'a' }, { BOOL: false }] },
    bytes: { B: 'AQID' },
    texts: { SS: ['x', 'y'] },
  };
  const expectTheSameFrom = async (
    body: object,
    send: (client: DynamoDBDocumentClient) => Promise<unknown>,
  ) => {
    answers = [{ status: 200, body }];
    await expectTheSame(send);
  };
  await expectTheSameFrom({ Item: stored }, (client) => client.send(get()));
  await expectTheSameFrom({}, (client) => client.send(get()));
  await expectTheSameFrom({ Items: [stored], LastEvaluatedKey: { postId: { S: '1' } } }, (client) =>
    client.send(query()),
  );
  await expectTheSameFrom({ Responses: { [TableName]: [stored] }, UnprocessedKeys: {} }, (client) =>
    client.send(batchGet(['1', '2'])),
  );
  const refused = { Error: { Code: 'DuplicateItem', Item: stored }, TableName };
  await expectTheSameFrom({ Responses: [{ TableName, Item: stored }, refused] }, (client) =>
    client.send(statements([{}, {}])),
  );
  const unwritten = { [TableName]: [{ PutRequest: { Item: { a: { N: '1' } } } }] };
  await expectTheSameFrom({ UnprocessedItems: unwritten }, (client) => client.send(batchWrite([{}])));
});

test('inputs that are not plain go the long way', async () => {
  await expectTheSame((client) =>
    client.send(put({ postId: '1' }, 'arn:aws:dynamodb:us-east-1:000000000000:table/posts')),
  );
  const AttributeUpdates = { a: { Action: 'PUT', Value: 1 } } as const;
  await expectTheSame((client) =>
    client.send(new UpdateCommand({ TableName, Key: { postId: '1' }, AttributeUpdates })),
  );
  const TransactItems = [{ Put: { TableName, Item: {} } }];
  await expectTheSame((client) =>
    client.send(new TransactWriteCommand({ ClientRequestToken: 'token-1', TransactItems })),
  );
});

test('a refused condition is the typed error, with the item that refused it', async () => {
  answers = [
    {
      status: 400,
      body: {
        __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
        message: 'The conditional request failed',
        Item: { postId: { S: '1' }, version: { N: '2' } },
      },
    },
  ];
  const error = await ours.send(put({ postId: '1' })).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConditionalCheckFailedException);
  expect(error).toMatchObject({ Item: { postId: { S: '1' }, version: { N: '2' } } });
  expect(requests).toHaveLength(1);
});

test.each([
  { status: 500, body: { __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError' } },
  {
    status: 400,
    body: { __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException' },
  },
])('$body.__type is tried again, signed anew', async (refusal) => {
  answers = [refusal, { status: 200, body: {} }];
  await ours.send(put({ postId: '1' }));
  expect(requests.map(({ headers }) => headers['amz-sdk-request'])).toEqual([
    expect.stringMatching(/^attempt=1; /),
    expect.stringMatching(/^attempt=2; /),
  ]);
  expect(requests[1]?.body).toEqual(requests[0]?.body);
  expect(requests[1]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=/);
});

test('calls side by side keep their inputs and answers apart', async () => {
  const inputs = Array.from({ length: 30 }, (_, index) => `post-${index}`);
  await Promise.all(inputs.map((postId) => ours.send(put({ postId }))));
  const written = requests.map(({ body }) => body);
  expect(written).toHaveLength(30);
  expect(written).toEqual(
    expect.arrayContaining(
      inputs.map((S) => expect.objectContaining({ Item: expect.objectContaining({ postId: { S } }) })),
    ),
  );
});
