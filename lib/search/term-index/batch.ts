import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';

export type WriteRequest = NonNullable<BatchWriteCommandInput['RequestItems']>[string][number];
type Key = NonNullable<NonNullable<BatchGetCommandInput['RequestItems']>[string]['Keys']>[number];

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const MAX_WRITES = 25;
/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
export const MAX_READS = 100;
/** Calls of one kind under way at once. */
const CONCURRENCY = 8;
const ATTEMPTS = 8;

const chunked = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );

/** DynamoDB hands back what it had no capacity for; full jitter keeps the attempts apart. */
const untilAllDone = async <Item>(
  what: string,
  items: Item[],
  attempt: (items: Item[]) => Promise<Item[]>,
): Promise<void> => {
  let left = items;
  for (let tried = 1; left.length > 0; tried += 1) {
    left = await attempt(left);
    if (left.length === 0) return;
    if (tried === ATTEMPTS)
      throw new Error(`${what}: ${left.length} items are throttled after ${ATTEMPTS} attempts`);
    await sleep(Math.random() * 50 * 2 ** tried);
  }
};

/** Writes any number of items. @throws when some could not be written; others may have been. */
export const writeAll = async (
  client: DynamoDBDocumentClient,
  tableName: string,
  requests: readonly WriteRequest[],
): Promise<void> => {
  for (const group of chunked(chunked(requests, MAX_WRITES), CONCURRENCY)) {
    await Promise.all(
      group.map((batch) =>
        untilAllDone('BatchWriteItem', batch, async (items) => {
          const { UnprocessedItems } = await client.send(
            new BatchWriteCommand({ RequestItems: { [tableName]: items } }),
          );
          return UnprocessedItems?.[tableName] ?? [];
        }),
      ),
    );
  }
};

/** Reads the items of these keys, strongly consistent, in any order; missing ones are left out. */
export const readAll = async (
  client: DynamoDBDocumentClient,
  tableName: string,
  keys: readonly Key[],
): Promise<Record<string, unknown>[]> => {
  const found: Record<string, unknown>[] = [];
  for (const group of chunked(chunked(keys, MAX_READS), CONCURRENCY)) {
    await Promise.all(
      group.map((batch) =>
        untilAllDone('BatchGetItem', batch, async (left) => {
          const { Responses, UnprocessedKeys } = await client.send(
            new BatchGetCommand({ RequestItems: { [tableName]: { Keys: left, ConsistentRead: true } } }),
          );
          found.push(...(Responses?.[tableName] ?? []));
          return UnprocessedKeys?.[tableName]?.Keys ?? [];
        }),
      ),
    );
  }
  return found;
};
