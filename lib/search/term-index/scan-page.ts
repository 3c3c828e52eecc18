import { type DynamoDBDocumentClient, ScanCommand, type ScanCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from '#lib/platform/zod.ts';

/** About what a page of a megabyte holds. Without a limit the embedded DynamoDB reads the whole table for each page. */
const PAGE = 3_000;

const Key = z.object({ pk: z.string(), sk: z.string() });

/** One page of the index's items. `next`, which is text, begins the page after it; it is undefined at the end. */
export interface ItemPage {
  items: Record<string, unknown>[];
  next: string | undefined;
}

/**
 * Reads a page of the whole table, states and postings: for a rebuild, not for a request.
 * @param only what of the page is wanted
 */
export const scanPage = async (
  client: DynamoDBDocumentClient,
  tableName: string,
  after: string | undefined,
  only: Pick<ScanCommandInput, 'FilterExpression' | 'ProjectionExpression' | 'ExpressionAttributeValues'>,
): Promise<ItemPage> => {
  const { Items = [], LastEvaluatedKey } = await client.send(
    new ScanCommand({
      TableName: tableName,
      Limit: PAGE,
      ...only,
      ...(after !== undefined && { ExclusiveStartKey: Key.parse(JSON.parse(after)) }),
    }),
  );
  return { items: Items, next: LastEvaluatedKey && JSON.stringify(LastEvaluatedKey) };
};
