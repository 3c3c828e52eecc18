import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { insertAll, runStatements } from '#lib/platform/aws/dynamodb-statements.ts';
import { createTable, startTestDynamoDb, type TestDynamoDb } from '#tests/support/tables.ts';
import { withSend } from '#tests/support/with-send.ts';

let dynamoDb: TestDynamoDb;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
});
afterAll(() => dynamoDb.stop());

/** A client whose table answers so. */
const answering = (answer: object) => withSend(dynamoDb.client, async () => answer);

test('what is put, what was there before and what is not known are told apart', async () => {
  const refused = (Code: string) => ({ Error: { Code, Message: '' } });
  const Responses = [{}, refused('DuplicateItem'), refused('ThrottlingError'), refused('ValidationError')];
  const items = ['a', 'b', 'c', 'd', 'not mentioned'].map((id) => ({ id }));
  expect(await insertAll(answering({ Responses }), 'table', items)).toEqual([
    true,
    false,
    undefined,
    undefined,
    undefined,
  ]);
  const statements = items.map(() => ({ text: '', parameters: [] }));
  expect(
    await runStatements(answering({ Responses: [refused('ConditionalCheckFailed')] }), statements),
  ).toEqual(['refused', ...['failed', 'failed', 'failed', 'failed']]);
});

test('whole items are put as they are, without what is undefined, and over nothing', async () => {
  const table = await createTable(dynamoDb.client, 'NotificationsTable');
  const item = {
    userId: "o'neill",
    notificationId: 'n#1',
    version: 1,
    labels: ['a'],
    scores: { a: 0.5 },
    none: undefined,
  };
  expect(await insertAll(dynamoDb.client, table, [item, { ...item, notificationId: 'n#2' }])).toEqual([
    true,
    true,
  ]);
  expect(await insertAll(dynamoDb.client, table, [{ ...item, version: 2 }])).toEqual([false]);
  const { Items } = await dynamoDb.client.send(new ScanCommand({ TableName: table }));
  expect(Items).toEqual([
    { ...item, none: undefined },
    { ...item, notificationId: 'n#2', none: undefined },
  ]);
});
