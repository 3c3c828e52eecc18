import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Post } from '#lib/posts/post.ts';
import type { ListPosts } from './rebuild.ts';

const PAGE = 200;

/** @param onBroken called with each item that breaks the schema and is left out */
export const scanPosts =
  (
    client: DynamoDBDocumentClient,
    tableName: string,
    onBroken: (postId: string, reason: string) => void,
  ): ListPosts =>
  async (after) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new ScanCommand({
        TableName: tableName,
        Limit: PAGE,
        ...(after !== undefined && { ExclusiveStartKey: { postId: after } }),
      }),
    );
    return {
      posts: Items.flatMap((item) => {
        const { success, data, error } = Post.safeParse(item);
        if (success) return [data];
        onBroken(String(item.postId), z.prettifyError(error));
        return [];
      }),
      next: LastEvaluatedKey && String(LastEvaluatedKey.postId),
    };
  };
