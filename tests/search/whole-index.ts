import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { PostEvent } from '#lib/events/post-event.ts';
import { entryOfEvent } from '#lib/search/search-index.ts';
import { dynamoDbSearchIndexReader } from '#lib/search/term-index/dynamodb-reader.ts';
import { partitionOf, placeOf, postingsOf, shardOf } from '#lib/search/term-index/postings.ts';
import { StateItem } from '#lib/search/term-index/state-items.ts';
import { distinctWords, wordsOf } from '#lib/search/words.ts';
import { VOCABULARY } from './histories.ts';

const lastOf = (events: readonly PostEvent[]) =>
  events.map(entryOfEvent).reduce((last, entry) => (entry.version > last.version ? entry : last));

const visible = (histories: readonly PostEvent[][]) =>
  histories
    .map(lastOf)
    .filter((entry) => entry.visible)
    .toSorted((a, b) => (placeOf(a) < placeOf(b) ? 1 : -1));

/** The index shows the posts as these histories end, and holds nothing besides. */
export const expectIndexToHoldExactly = async (
  client: DynamoDBDocumentClient,
  tableName: string,
  histories: readonly PostEvent[][],
) => {
  const reader = dynamoDbSearchIndexReader(client, tableName);
  const expected = visible(histories);
  for (const word of VOCABULARY) {
    const { items } = await reader.search({ text: word, limit: 50 });
    const matching = expected.filter(({ content }) =>
      wordsOf(content).some((other) =>
        Array.from(word).length < 3 ? other === word : other.startsWith(word),
      ),
    );
    expect(items.map(({ postId, version, content }) => ({ postId, version, content }))).toEqual(
      matching.map(({ postId, version, content }) => ({ postId, version, content })),
    );
  }

  const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }));
  const states = Items.filter(({ sk }) => sk === 'state').map((item) => StateItem.parse(item));
  expect(states.filter(({ obsolete }) => obsolete)).toEqual([]);
  const generations = new Map(states.map(({ postId, generation }) => [postId, generation?.id]));
  const postings = Items.filter(({ sk }) => sk !== 'state').map(({ pk, sk }) => `${pk} ${sk}`);
  const postingsExpected = expected.flatMap((entry) =>
    postingsOf(distinctWords(entry.content)).map(
      ({ stem }) =>
        `${partitionOf(stem, shardOf(entry.postId))} ${placeOf(entry)}#${generations.get(entry.postId)}`,
    ),
  );
  expect(postings.toSorted()).toEqual(postingsExpected.toSorted());
};
