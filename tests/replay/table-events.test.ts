import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Post } from '#lib/posts/post.ts';
import { collect } from '#tests/support/collect.ts';
import { aPost, changed } from '#tests/support/events.ts';
import {
  createTable,
  localCredentials,
  startTestDynamoDb,
  type TestDynamoDb,
} from '#tests/support/tables.ts';
import { brokenItems } from '../../ops/replay/broken-items.ts';
import { tableEvents } from '../../ops/replay/table-events.ts';

const NINE = Date.parse('2026-11-20T09:00:00.000Z');
const at = (time: number) => ({ updatedAt: new Date(time).toISOString() });
const decision = (reviewedVersion: number): NonNullable<Post['moderation']> => ({
  ...{ decision: 'flagged', labels: ['spam'], scores: {}, reviewedVersion },
});

let dynamoDb: TestDynamoDb;
let client: DynamoDBClient;
let TableName: string;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
  const { endpoint } = dynamoDb;
  client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: localCredentials });
});
beforeEach(async () => {
  TableName = await createTable(dynamoDb.client, 'PostsTable');
});
afterAll(async () => {
  client.destroy();
  await dynamoDb.stop();
});

const store = (Item: Record<string, unknown>) => dynamoDb.client.send(new PutCommand({ TableName, Item }));
const eventsBetween = async (from: number, to: number) => {
  const broken = brokenItems();
  const events = await collect(tableEvents(client, TableName, from, to, broken.onBroken));
  return { events: events.map(({ event }) => event), lines: broken.lines() };
};

describe('events of the table', () => {
  test('tell the posts whose last change lies in the span', async () => {
    const times = [NINE - 1, NINE, NINE + 9, NINE + 10];
    for (const time of times) await store(aPost(at(time)));
    const { events, lines } = await eventsBetween(NINE, NINE + 10);
    expect(events.map(({ occurredAt }) => Date.parse(occurredAt)).toSorted()).toEqual([NINE, NINE + 9]);
    expect(lines).toEqual([]);
  });

  test('leave out items that break the contract, and say which', async () => {
    const good = aPost();
    await store({ ...aPost(), postId: '0POISON', version: 'one' });
    await store(good);
    await store({ postId: 'ZPOISON' });
    const { events, lines } = await eventsBetween(0, Date.now() + 1);
    expect(events.map(({ postId }) => postId)).toEqual([good.postId]);
    expect(lines).toEqual([
      expect.stringMatching(/2 items of the table \((0POISON, ZPOISON|ZPOISON, 0POISON)\)$/),
    ]);
  });

  test('name no more of them than can be read', async () => {
    const { onBroken, lines } = brokenItems();
    for (let number = 0; number < 1_000; number += 1) onBroken(`item-${number}`, 'no post');
    expect(lines()).toEqual([expect.stringMatching(/1000 items of the table \(item-0, .*item-19, …\)$/)]);
  });

  test('say of a flagged post that its author edited that it is to be reviewed again', async () => {
    const flagged = changed(aPost(), { status: 'flagged', moderation: decision(1) });
    const edited = changed({ ...flagged, postId: aPost().postId }, { content: 'better words' });
    await store(flagged);
    await store(edited);
    const { events } = await eventsBetween(0, Date.now() + 1);
    const changes = new Map(events.map(({ postId, change }) => [postId, change]));
    expect(changes).toEqual(
      new Map([
        [flagged.postId, 'flagged'],
        [edited.postId, 'edited'],
      ]),
    );
  });
});
