import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { BatchWriteRequest, Item, ItemWriteRequest } from '../dynamodb-writes.ts';
import type { Batch } from '../event-source-mappings/events.ts';
import type { MadeCall } from './call.ts';

/** An item that a call wrote; `item` is whole only when it was put. */
export interface ItemWrite {
  readonly call: MadeCall;
  readonly table: string;
  readonly item: Readonly<Record<string, unknown>>;
  readonly isPut: boolean;
}

/** A stream record that reached a function. */
export interface SeenRecord {
  readonly sequenceNumber: string;
  readonly table: string;
  readonly keys: Readonly<Record<string, unknown>>;
  readonly newImage: Readonly<Record<string, unknown>> | undefined;
  /** As the function gets it. */
  readonly event: Readonly<Record<string, unknown>>;
  /** When the table recorded the change, Unix milliseconds of a whole second. */
  readonly createdAt: number;
}

const Transaction = z.object({ TransactItems: z.array(z.record(z.string(), z.unknown())) });

const bodyOf = ({ request }: MadeCall): unknown => {
  try {
    return JSON.parse(Buffer.from(request).toString());
  } catch {
    return undefined; // It was cut, because it is long: its writes are not told apart.
  }
};

const writeOf = (call: MadeCall, request: unknown): ItemWrite[] => {
  const { data } = ItemWriteRequest.safeParse(request);
  const item = data?.Item ?? data?.Key;
  return data && item ? [{ call, table: data.TableName, item, isPut: data.Item !== undefined }] : [];
};

/** The items that a call wrote; none when it was refused. */
export const writesOf = (call: MadeCall): ItemWrite[] => {
  if (call.service !== 'dynamodb' || call.answer?.status !== 200) return [];
  switch (call.operation) {
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return writeOf(call, bodyOf(call));
    case 'TransactWriteItems':
      return (Transaction.safeParse(bodyOf(call)).data?.TransactItems ?? []).flatMap((parts) =>
        ['Put', 'Update', 'Delete'].flatMap((kind) => writeOf(call, parts[kind])),
      );
    case 'BatchWriteItem':
      return Object.entries(BatchWriteRequest.safeParse(bodyOf(call)).data?.RequestItems ?? {}).flatMap(
        ([table, requests]) =>
          requests.flatMap(({ PutRequest, DeleteRequest }) => {
            const item = PutRequest?.Item ?? DeleteRequest?.Key;
            return item ? [{ call, table, item, isPut: PutRequest !== undefined }] : [];
          }),
      );
    default:
      return [];
  }
};

const Record = z.looseObject({
  eventSourceARN: z.string(),
  dynamodb: z.looseObject({
    Keys: Item,
    NewImage: Item.optional(),
    SequenceNumber: z.string(),
    ApproximateCreationDateTime: z.number(),
  }),
});

const seenRecord = (event: unknown): SeenRecord | undefined => {
  const { data } = Record.safeParse(event);
  if (!data) return undefined;
  const { SequenceNumber, Keys, NewImage, ApproximateCreationDateTime } = data.dynamodb;
  return {
    sequenceNumber: SequenceNumber,
    table: data.eventSourceARN.split('/')[1] ?? '',
    keys: Keys,
    newImage: NewImage,
    event: data,
    createdAt: ApproximateCreationDateTime * 1_000,
  };
};

const keyText = (table: string, names: readonly string[], item: Readonly<Record<string, unknown>>): string =>
  `${table} ${names.map((name) => JSON.stringify(item[name])).join(' ')}`;

const SECOND = 1_000;

/** A record tells its time in whole seconds, and an engine's clock may be read a little earlier than the call ended. */
const isAtTheTime = ({ call }: ItemWrite, { createdAt }: SeenRecord): boolean =>
  call.began < createdAt + 2 * SECOND && (call.answer?.at ?? call.began) >= createdAt - SECOND;

const fits = (write: ItemWrite, record: SeenRecord): boolean =>
  isAtTheTime(write, record) && (!write.isPut || isDeepStrictEqual(write.item, record.newImage));

/**
 * Which call made which stream record. Nothing in a record says it: the writes of an item and the records of it are
 * followed side by side, in order; a write that changed nothing has no record and is passed over.
 */
export const matchWrites = (
  attempts: readonly { readonly batch: Batch }[],
  writes: readonly ItemWrite[],
): { records: ReadonlyMap<string, SeenRecord>; writerOf: ReadonlyMap<string, MadeCall> } => {
  const records = new Map<string, SeenRecord>();
  for (const { batch } of attempts) {
    for (const { identifier, event } of batch) {
      const record = records.has(identifier) ? undefined : seenRecord(event);
      if (record) records.set(identifier, record);
    }
  }
  const keyNames = new Map([...records.values()].map(({ table, keys }) => [table, Object.keys(keys)]));
  const waiting = Map.groupBy(
    writes.filter(({ table }) => keyNames.has(table)),
    ({ table, item }) => keyText(table, keyNames.get(table) ?? [], item),
  );
  const writerOf = new Map<string, MadeCall>();
  const inOrder = [...records.values()].toSorted((one, other) =>
    BigInt(one.sequenceNumber) < BigInt(other.sequenceNumber) ? -1 : 1,
  );
  for (const record of inOrder) {
    const candidates = waiting.get(keyText(record.table, Object.keys(record.keys), record.keys)) ?? [];
    const at = candidates.findIndex((write) => fits(write, record));
    const write = candidates[at];
    if (!write) continue;
    writerOf.set(record.sequenceNumber, write.call);
    candidates.splice(0, at + 1);
  }
  return { records, writerOf };
};
