import { z } from 'zod';

/** What requests of DynamoDB say about the items that they write. */
export const Item = z.record(z.string(), z.unknown());

/** A PutItem, UpdateItem or DeleteItem, also as a part of a transaction. */
export const ItemWriteRequest = z.object({
  TableName: z.string(),
  Item: Item.optional(),
  Key: Item.optional(),
});

export const BatchWriteRequest = z.object({
  RequestItems: z.record(
    z.string(),
    z.array(
      z.object({
        PutRequest: z.object({ Item }).optional(),
        DeleteRequest: z.object({ Key: Item }).optional(),
      }),
    ),
  ),
});
