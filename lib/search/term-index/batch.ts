import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchGetCommand,
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import type { Item, Key } from './items.ts';

export type WriteRequest = NonNullable<BatchWriteCommandInput['RequestItems']>[string][number];

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const MAX_WRITES = 25;
/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const MAX_READS = 100;
const ATTEMPTS = 8;

const inBatches = <Of>(all: readonly Of[], size: number, send: (batch: Of[]) => Promise<void>) =>
  Promise.all(
    Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
      send(all.slice(index * size, (index + 1) * size)),
    ),
  );

/** DynamoDB returns what it had no capacity for. */
const untilAllDone = async <Of>(items: Of[], send: (items: Of[]) => Promise<Of[]>): Promise<void> => {
  let left = items;
  for (let attempt = 1; left.length > 0; attempt += 1) {
    if (attempt > ATTEMPTS) throw new Error(`DynamoDB had no capacity for ${left.length} items`);
    if (attempt > 1) await sleep(Math.random() * 25 * 2 ** attempt);
    left = await send(left);
  }
};

/** Writes any number of items, none of them twice. @throws when some could not be written; others may have been */
export const writeAll = (client: DynamoDBDocumentClient, table: string, requests: readonly WriteRequest[]) =>
  inBatches(requests, MAX_WRITES, (batch) =>
    untilAllDone(batch, async (left) => {
      const { UnprocessedItems } = await client.send(
        new BatchWriteCommand({ RequestItems: { [table]: left } }),
      );
      return UnprocessedItems?.[table] ?? [];
    }),
  );

/** Reads items strongly consistent, in any order; missing ones are left out. No key may be given twice. */
export const readAll = async (
  client: DynamoDBDocumentClient,
  table: string,
  keys: readonly Key[],
): Promise<Item[]> => {
  const found: Item[] = [];
  await inBatches<Item>(keys, MAX_READS, (batch) =>
    untilAllDone(batch, async (left) => {
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead: true } } }),
      );
      found.push(...(Responses?.[table] ?? []));
      return UnprocessedKeys?.[table]?.Keys ?? [];
    }),
  );
  return found;
};
