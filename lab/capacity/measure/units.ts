import { z } from 'zod';
import { writesOfStatements } from '../../../packages/local-stack/src/partiql.ts';

/** What the calls of some invocations come to, in the units they are billed in. */
export interface Units {
  /** Write request units by table: a table's indexes count with it. */
  writes: Record<string, number>;
  /** Read request units by table. */
  reads: Record<string, number>;
  /** Calls by action, for what is billed by the call. */
  calls: Record<string, number>;
}

/** How many indexes a write of a whole item also writes, by table name. */
export type IndexesOf = (table: string) => number;

const Item = z.record(z.string(), z.unknown());
const OneItem = z.object({ TableName: z.string(), Item: Item.optional() });
const BatchWrite = z.object({
  RequestItems: z.record(z.string(), z.array(z.object({ PutRequest: z.object({ Item }).optional() }))),
});
const BatchGet = z.object({ RequestItems: z.record(z.string(), z.object({ Keys: z.array(z.unknown()) })) });
const Read = z.object({ TableName: z.string(), ConsistentRead: z.boolean().default(false) });

const KIB = 1_024;
/** An upper bound: the wire names each value's type, which is not billed. */
const writeUnits = (item: unknown): number => Math.max(1, Math.ceil(JSON.stringify(item ?? {}).length / KIB));

/**
 * Counts requests as DynamoDB bills them, from what was sent: a write by started KiB of the item, an index for each
 * whole item, a read of up to 4 KiB half when it need not be consistent.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export const unitsOf = (
  requests: readonly { action: string; body: string }[],
  indexesOf: IndexesOf,
): Units => {
  const units: Units = { writes: {}, reads: {}, calls: {} };
  const add = (kind: keyof Units, name: string, count: number) => {
    units[kind][name] = (units[kind][name] ?? 0) + count;
  };
  const write = (table: string, item: unknown) =>
    add('writes', table, writeUnits(item) * (1 + indexesOf(table)));
  for (const { action, body } of requests) {
    add('calls', action, 1);
    if (action === 'BatchWriteItem') {
      for (const [table, items] of Object.entries(BatchWrite.parse(JSON.parse(body)).RequestItems)) {
        for (const { PutRequest } of items) write(table, PutRequest?.Item);
      }
    } else if (action === 'BatchExecuteStatement') {
      for (const { operation, table, item } of writesOfStatements(body, undefined))
        write(table, operation === 'Put' ? item : undefined);
    } else if (action === 'BatchGetItem') {
      for (const [table, { Keys }] of Object.entries(BatchGet.parse(JSON.parse(body)).RequestItems))
        add('reads', table, Keys.length);
    } else if (['PutItem', 'UpdateItem', 'DeleteItem'].includes(action)) {
      const { TableName, Item: item } = OneItem.parse(JSON.parse(body));
      // An update or removal changes what its item's indexes hold as well.
      write(TableName, item);
    } else if (['GetItem', 'Query', 'Scan'].includes(action)) {
      const { TableName, ConsistentRead } = Read.parse(JSON.parse(body));
      add('reads', TableName, ConsistentRead ? 1 : 0.5);
    }
  }
  return units;
};
