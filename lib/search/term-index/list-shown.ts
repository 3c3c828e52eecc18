import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ListShown } from '../search-index.ts';
import { scanPage } from './scan-page.ts';
import { StateItem } from './state-items.ts';

/** The posts that the term index shows. */
export const dynamoDbListShown =
  (client: DynamoDBDocumentClient, tableName: string): ListShown =>
  async (after) => {
    const { items, next } = await scanPage(client, tableName, after, {
      FilterExpression: 'sk = :state AND visible = :true',
      ExpressionAttributeValues: { ':state': 'state', ':true': true },
    });
    const posts = items.map((item) => {
      const { postId, userId, type, timestamp, version } = StateItem.parse(item);
      return { postId, userId, type, timestamp, version };
    });
    return { posts, next };
  };
