import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { IndexEntry } from '#lib/search/search-index.ts';
import { termIndexWriter } from '#lib/search/term-index/writer.ts';
import { withSend } from '#tests/support/with-send.ts';

const Item = z.record(z.string(), z.unknown());
const Written = z.union([
  z.object({ Item: Item }).transform(({ Item: item }) => [item]),
  z
    .object({ RequestItems: z.record(z.string(), z.array(z.object({ PutRequest: z.object({ Item }) }))) })
    .transform(({ RequestItems }) =>
      Object.values(RequestItems)
        .flat()
        .map(({ PutRequest }) => PutRequest.Item),
    ),
  // Of reads, and of the lists for removals.
  z.object({ Key: Item }).transform((): z.infer<typeof Item>[] => []),
]);

/** Puts what the index's writer puts for these entries, one after the other, but for the lists of hints, in few calls. */
export const seedIndex = async (
  client: DynamoDBDocumentClient,
  tableName: string,
  entries: readonly IndexEntry[],
): Promise<void> => {
  const byKey = new Map<string, z.infer<typeof Item>>();
  const writer = termIndexWriter(
    withSend(client, async ({ input }) => {
      for (const item of Written.parse(input)) byKey.set(`${item.pk} ${item.sk}`, item);
      return {};
    }),
    tableName,
  );
  for (const entry of entries) await writer.apply(entry);
  const items = [...byKey.values()];
  for (let at = 0; at < items.length; at += 25) {
    const requests = items.slice(at, at + 25).map((item) => ({ PutRequest: { Item: item } }));
    await client.send(new BatchWriteCommand({ RequestItems: { [tableName]: requests } }));
  }
};
