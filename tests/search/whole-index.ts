import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { PostEvent } from '#lib/events/post-event.ts';
import { entryOfEvent } from '#lib/search/search-index.ts';
import { encodePosition, HINT_LISTS, HintList, hintKey, State } from '#lib/search/term-index/items.ts';
import { termIndexReader } from '#lib/search/term-index/reader.ts';
import { indexedWords } from '#lib/search/words.ts';
import { VOCABULARY } from './histories.ts';

const lastOf = (events: readonly PostEvent[]) =>
  events.map(entryOfEvent).reduce((last, entry) => (entry.version > last.version ? entry : last));

const itemsOf = async (client: DynamoDBDocumentClient, tableName: string) => {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }));
  return Items;
};

/**
 * The index is as these histories end:
 * - a search finds what is published, newest first, by each of its words, and nothing else
 * - each word of what is shown has a hint
 * - each hint is in a list of its post, so that a removal finds it
 * - of a removed post nothing is left but a tombstone without its text
 */
export const expectIndexToHold = async (
  client: DynamoDBDocumentClient,
  tableName: string,
  histories: readonly PostEvent[][],
) => {
  const reader = termIndexReader(client, tableName);
  const last = histories.map(lastOf);
  const shown = last
    .filter(({ visible }) => visible)
    .toSorted((a, b) => (encodePosition(a) < encodePosition(b) ? 1 : -1));
  for (const word of VOCABULARY) {
    const { items } = await reader.search({ text: word, limit: 50 });
    expect(items.map(({ postId, version, content }) => ({ postId, version, content }))).toEqual(
      shown
        .filter(({ content }) => indexedWords(content).words.includes(word))
        .map(({ postId, version, content }) => ({ postId, version, content })),
    );
  }

  const items = await itemsOf(client, tableName);
  const states = items.filter(({ sk }) => sk === 'state').map((item) => State.parse(item));
  const hints = items.filter(({ pk }) => String(pk).startsWith('word#')).map(({ pk, sk }) => `${pk} ${sk}`);
  const keyOf = (word: string, post: Parameters<typeof hintKey>[1]) =>
    Object.values(hintKey(word, post)).join(' ');

  const needed = shown.flatMap((post) => indexedWords(post.content).words.map((word) => keyOf(word, post)));
  expect(new Set(hints)).toEqual(new Set(hints).union(new Set(needed)));

  const listed = last.flatMap(({ postId, timestamp }) =>
    items
      .filter(({ pk, sk }) => pk === `post#${postId}` && String(sk).startsWith(HINT_LISTS))
      .map((item) => HintList.parse(item))
      .flatMap(({ type, words }) => [...words].map((word) => keyOf(word, { postId, timestamp, type }))),
  );
  expect(new Set(listed)).toEqual(new Set(listed).union(new Set(hints)));

  for (const { postId } of last.filter(({ removed }) => removed)) {
    expect(items.filter((item) => Object.values(item).some((value) => `${value}`.includes(postId)))).toEqual([
      expect.objectContaining({ sk: 'state', removed: true, visible: false, content: '', words: [] }),
    ]);
    expect(states.find((state) => state.postId === postId)?.expiresAt).toBeDefined();
  }
};
