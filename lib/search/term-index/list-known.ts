import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { ListKnown } from '../search-index.ts';
import { State } from './items.ts';

/** About what a page of a megabyte holds. Without a limit the embedded DynamoDB reads the whole table for each page. */
const PAGE = 3_000;
const Key = z.object({ pk: z.string(), sk: z.string() });

/** The posts that the term index knows, by a scan of the whole table: for a rebuild, not for a request. */
export const termIndexListKnown =
  (client: DynamoDBDocumentClient, table: string): ListKnown =>
  async (after) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new ScanCommand({
        TableName: table,
        Limit: PAGE,
        FilterExpression: 'sk = :state AND removed = :false',
        ExpressionAttributeValues: { ':state': 'state', ':false': false },
        ExclusiveStartKey: after === undefined ? undefined : Key.parse(JSON.parse(after)),
      }),
    );
    const posts = Items.map((item) => {
      const { postId, userId, type, timestamp, version } = State.parse(item);
      return { postId, userId, type, timestamp, version };
    });
    return { posts, next: LastEvaluatedKey && JSON.stringify(LastEvaluatedKey) };
  };
