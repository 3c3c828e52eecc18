import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import {
  type IndexEntry,
  type IndexOutcome,
  type SearchIndexWriter,
  TOMBSTONE_DAYS,
} from '../search-index.ts';
import { type IndexedWords, indexedWords } from '../words.ts';
import { type WriteRequest, writeAll } from './batch.ts';
import {
  HINT_LISTS,
  HintList,
  hintKey,
  hintListKey,
  hintOf,
  postPartition,
  State,
  stateKey,
} from './items.ts';

const NO_WORDS: IndexedWords = { words: [], offsets: [] };

/**
 * The write side of the term index in DynamoDB. The post's state, one conditional put by version, decides what is shown.
 * Hints only say where to look, so they may be too many but never too few:
 *
 * 1. The version's new words are listed, for the post's removal.
 * 2. A hint is put for each of them. An edit deletes no hint.
 * 3. The state is put, unless there is a later one or a tombstone.
 * 4. A removal, whose state is a tombstone, deletes the listed hints, and the lists.
 *
 * Each step may be repeated: the redelivery of a message finishes what an earlier attempt began.
 * @param now milliseconds of the epoch
 */
export const termIndexWriter = (
  client: DynamoDBDocumentClient,
  table: string,
  now: () => number = Date.now,
): SearchIndexWriter => {
  const readState = async (postId: string): Promise<State | undefined> => {
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: stateKey(postId), ConsistentRead: true }),
    );
    return Item && State.parse(Item);
  };

  const putHints = async (entry: IndexEntry, words: readonly string[]): Promise<void> => {
    if (words.length === 0) return;
    await client.send(
      new UpdateCommand({
        TableName: table,
        Key: hintListKey(entry),
        UpdateExpression: 'SET #type = :type ADD words :words',
        ExpressionAttributeNames: { '#type': 'type' },
        ExpressionAttributeValues: { ':type': entry.type, ':words': new Set(words) },
      }),
    );
    await writeAll(
      client,
      table,
      words.map((word) => ({ PutRequest: { Item: hintOf(word, entry) } })),
    );
  };

  /** @returns false when the index has a later version, or a tombstone */
  const putState = async (state: State): Promise<boolean> => {
    try {
      await client.send(
        new PutCommand({
          TableName: table,
          Item: { ...stateKey(state.postId), ...state },
          ConditionExpression: 'attribute_not_exists(pk) OR (version <= :version AND removed = :false)',
          ExpressionAttributeValues: { ':version': state.version, ':false': false },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  /** Also those that an attempt at this entry may have put after the removal read the lists. */
  const deleteHints = async (entry: IndexEntry, words: readonly string[]): Promise<void> => {
    const lists: HintList[] = [];
    for await (const { Items = [] } of paginateQuery(
      { client },
      {
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :lists)',
        ExpressionAttributeValues: { ':pk': postPartition(entry.postId), ':lists': HINT_LISTS },
        ConsistentRead: true,
      },
    )) {
      lists.push(...Items.map((item) => HintList.parse(item)));
    }
    const { postId, timestamp } = entry;
    const hints = [{ type: entry.type, words }, ...lists].flatMap(({ type, words: noted }) =>
      [...noted].map((word) => hintKey(word, { postId, timestamp, type })),
    );
    // Versions share words, and a batch must not contain a key twice.
    const each = new Map(hints.map((key) => [`${key.pk} ${key.sk}`, key]));
    await writeAll(client, table, [...each.values()].map(deletion));
    await writeAll(
      client,
      table,
      lists.map(({ sk }) => deletion({ pk: postPartition(postId), sk })),
    );
  };

  const apply = async (entry: IndexEntry): Promise<IndexOutcome> => {
    const { words, offsets } = entry.visible ? indexedWords(entry.content) : NO_WORDS;
    const seen = await readState(entry.postId);
    if (seen?.removed) {
      await deleteHints(entry, words);
      return 'ignored';
    }
    if (seen && seen.version > entry.version) return 'ignored';
    const hinted = seen && seen.version < entry.version && seen.type === entry.type ? seen.words : [];
    await putHints(
      entry,
      words.filter((word) => !hinted.includes(word)),
    );
    const isNewest = await putState({
      ...entry,
      // What cannot be found needs no text in the index.
      content: entry.visible ? entry.content : '',
      words,
      offsets,
      ...(entry.removed && { expiresAt: Math.ceil(now() / 1_000) + TOMBSTONE_DAYS * 86_400 }),
    });
    // Overtaken: the state as it is now says what is left to do.
    if (!isNewest) return apply(entry);
    if (entry.removed) await deleteHints(entry, words);
    return entry.visible ? 'shown' : 'hidden';
  };

  return { apply };
};

const deletion = (key: { pk: string; sk: string }): WriteRequest => ({ DeleteRequest: { Key: key } });
