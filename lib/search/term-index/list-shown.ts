import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from '#lib/platform/zod.ts';
import type { ListShown } from '../search-index.ts';
import { StateItem } from './state-items.ts';

const Key = z.object({ pk: z.string(), sk: z.string() });

/**
 * The posts that the term index shows. It reads the whole table, postings and all: for a rebuild, not for a request.
 */
export const dynamoDbListShown =
  (client: DynamoDBDocumentClient, tableName: string): ListShown =>
  async (after) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new ScanCommand({
        TableName: tableName,
        FilterExpression: 'sk = :state AND visible = :true',
        ExpressionAttributeValues: { ':state': 'state', ':true': true },
        ...(after !== undefined && { ExclusiveStartKey: Key.parse(JSON.parse(after)) }),
      }),
    );
    return {
      posts: Items.map((item) => {
        const { postId, userId, type, timestamp, version } = StateItem.parse(item);
        return { postId, userId, type, timestamp, version };
      }),
      next: LastEvaluatedKey && JSON.stringify(LastEvaluatedKey),
    };
  };
