import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { entryOfEvent, entryOfPost } from '#lib/search/search-index.ts';
import { dynamoDbSearchIndexWriter } from '#lib/search/term-index/dynamodb-writer.ts';
import { dynamoDbIndexItems } from '#lib/search/term-index/index-items.ts';
import { ownGeneration } from '#lib/search/term-index/state.ts';
import { dynamoDbSweepPostings } from '#lib/search/term-index/sweep-postings.ts';
import { aPost, changed, eventOf } from '#tests/support/events.ts';
import { createTable, startTestDynamoDb, type TestDynamoDb } from '#tests/support/tables.ts';
import { withSend } from '#tests/support/with-send.ts';
import { delivered, history } from './histories.ts';
import { expectIndexToHoldExactly } from './whole-index.ts';

let dynamoDb: TestDynamoDb;
let tableName: string;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
});
beforeEach(async () => {
  tableName = await createTable(dynamoDb.client, 'SearchIndexTable');
});
afterAll(() => dynamoDb.stop());

/** All pages. @returns how many postings were deleted */
const sweep = async (table: string): Promise<number> => {
  const sweepPage = dynamoDbSweepPostings(dynamoDb.client, table);
  let page = await sweepPage(undefined);
  let { deleted } = page;
  while (page.next !== undefined) {
    page = await sweepPage(page.next);
    deleted += page.deleted;
  }
  return deleted;
};

const late = () => Date.UTC(2030, 0);

/** A client that does so many calls, holds up the next until it is told to, does that one too, and dies. */
const stallingClient = (calls: number) => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let sent = 0;
  const client = withSend(dynamoDb.client, async (command) => {
    sent += 1;
    if (sent > calls + 1) throw new Error('died');
    if (sent === calls + 1) await released;
    return dynamoDb.client.send(command);
  });
  return { client, release };
};

test('postings of an attempt that was overtaken and died are swept out, though nothing brings its message again', async () => {
  const overtaken = fc.tuple(
    history.filter((events) => events.length > 1),
    fc.nat({ max: 5 }),
    fc.nat({ max: 3 }),
  );
  const first = aPost({ content: 'rain' });
  const edited = changed(first, { content: 'sun' });
  const left = [
    eventOf({ eventType: 'INSERT', after: first }),
    eventOf({ eventType: 'MODIFY', before: first, after: edited }),
  ];
  let swept = 0;
  await fc.assert(
    fc.asyncProperty(overtaken, async ([events, place, calls]) => {
      const table = await createTable(dynamoDb.client, 'SearchIndexTable');
      const writer = dynamoDbSearchIndexWriter(dynamoDb.client, table, late);
      const { client, release } = stallingClient(calls);
      const twinOf = place % events.length;

      for (const event of events.slice(0, twinOf)) await writer.apply(entryOfEvent(event));
      const [event, ...others] = events.slice(twinOf).map(entryOfEvent);
      if (!event) throw new Error('a history begins with something');
      const twin = dynamoDbSearchIndexWriter(client, table, late).apply(event);
      for (const entry of [event, ...others]) await writer.apply(entry);
      release();
      await twin.catch(() => {});

      swept += await sweep(table);
      await expectIndexToHoldExactly(dynamoDb.client, table, [events]);
      expect(await sweep(table)).toBe(0);
    }),
    // Its twin's second call writes the postings of the first version, which the second has replaced.
    { numRuns: 60, examples: [[[left, 0, 1]]] },
  );
  // Or all this would hold of a sweep that does nothing.
  expect(swept).toBeGreaterThan(0);
});

test('a sweep takes nothing from attempts that are under way, whenever it comes', async () => {
  const deliveries = fc
    .array(history, { minLength: 1, maxLength: 2 })
    .chain((histories) =>
      fc.tuple(fc.constant(histories), delivered(histories.flat()), fc.integer({ min: 1, max: 4 })),
    );
  await fc.assert(
    fc.asyncProperty(deliveries, async ([histories, events, together]) => {
      const table = await createTable(dynamoDb.client, 'SearchIndexTable');
      const writer = dynamoDbSearchIndexWriter(dynamoDb.client, table, late);
      for (let at = 0; at < events.length; at += together) {
        await Promise.all([
          ...events.slice(at, at + together).map((event) => writer.apply(entryOfEvent(event))),
          sweep(table),
          sweep(table),
        ]);
      }
      await expectIndexToHoldExactly(dynamoDb.client, table, histories);
    }),
    { numRuns: 40 },
  );
});

test('what a version, or a rebuild, is still to show stays', async () => {
  const items = dynamoDbIndexItems(dynamoDb.client, tableName);
  const writer = dynamoDbSearchIndexWriter(dynamoDb.client, tableName);
  const first = aPost({ content: 'rain one' });
  const second = changed(first, { content: 'sun two' });
  const unheardOf = aPost({ content: 'rain three' });
  await writer.apply(entryOfPost(first));
  for (const [post, rebuild] of [[second], [first, 'now'], [unheardOf]] as const) {
    const entry = entryOfPost(post);
    await items.writePostings(entry, ownGeneration(entry, rebuild));
  }
  expect(await sweep(tableName)).toBe(0);
});

test('what a removed post left is swept out, of whichever version', async () => {
  const items = dynamoDbIndexItems(dynamoDb.client, tableName);
  const post = entryOfPost(aPost({ content: 'rain' }));
  await dynamoDbSearchIndexWriter(dynamoDb.client, tableName).apply({
    ...post,
    version: 2,
    visible: false,
    removed: true,
  });
  await items.writePostings(post, { id: '9', words: ['rain'] });
  expect(await sweep(tableName)).toBe(2);
  const { Items = [] } = await dynamoDb.client.send(new ScanCommand({ TableName: tableName }));
  expect(Items.map(({ sk }) => sk)).toEqual(['state']);
});

test('what a version wrote that was then shown with the postings of the one before is swept out', async () => {
  const writer = dynamoDbSearchIndexWriter(dynamoDb.client, tableName);
  const first = aPost({ content: 'rain' });
  const touchedNoWord = entryOfPost(changed(first, {}));
  await writer.apply(entryOfPost(first));
  await writer.apply(touchedNoWord);
  await dynamoDbIndexItems(dynamoDb.client, tableName).writePostings(
    touchedNoWord,
    ownGeneration(touchedNoWord),
  );
  expect(await sweep(tableName)).toBe(2);
});
