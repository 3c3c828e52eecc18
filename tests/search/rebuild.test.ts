import { DeleteCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { entryOfPost } from '#lib/search/search-index.ts';
import { termIndexListKnown, termIndexReader } from '#lib/search/term-index/reader.ts';
import { termIndexWriter } from '#lib/search/term-index/writer.ts';
import { changed } from '#tests/support/events.ts';
import { createTable, startTestDynamoDb, type TestDynamoDb } from '#tests/support/tables.ts';
import { rebuildContract } from './rebuild-contract.ts';

let dynamoDb: TestDynamoDb;
let searchTable: string;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
});
afterAll(() => dynamoDb.stop());

const rebuilding = rebuildContract(
  () => dynamoDb,
  async () => {
    searchTable = await createTable(dynamoDb.client, 'SearchIndexTable');
    return {
      ...termIndexWriter(dynamoDb.client, searchTable),
      ...termIndexReader(dynamoDb.client, searchTable),
      listKnown: termIndexListKnown(dynamoDb.client, searchTable),
    };
  },
);

const indexItems = async () => {
  const { Items = [] } = await dynamoDb.client.send(
    new ScanCommand({ TableName: searchTable, ConsistentRead: true }),
  );
  return Items;
};

describe('a rebuild of the term index', () => {
  test('restores hints that were lost', async () => {
    const { indexed, found, rebuild } = rebuilding();
    await indexed('rain one');
    const before = await indexItems();
    for (const { pk, sk } of before.filter(({ pk }) => String(pk).startsWith('word#'))) {
      await dynamoDb.client.send(new DeleteCommand({ TableName: searchTable, Key: { pk, sk } }));
    }
    expect(await found('rain')).toEqual([]);
    await rebuild();
    expect(await found('rain')).toEqual(['rain one']);
    expect(await indexItems()).toEqual(before);
  });

  test('and others at the same time change nothing that is right', async () => {
    const { indexed, rebuild } = rebuilding();
    for (let number = 0; number < 20; number += 1) await indexed(`rain number${number}`);
    const before = await indexItems();
    await Promise.all([rebuild(), rebuild(), rebuild()]);
    expect(await indexItems()).toEqual(before);
  });

  test('removes what is gone and the index does not show', async () => {
    const { indexed, rebuild, index, posts } = rebuilding();
    const post = await indexed('rain one');
    await index.apply(entryOfPost(changed(post, { status: 'draft' })));
    await posts.remove(post.postId, 1);
    expect(await rebuild()).toMatchObject({ removed: 1 });
    expect(await indexItems()).toEqual([expect.objectContaining({ sk: 'state', removed: true })]);
  });
});
