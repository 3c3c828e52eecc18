import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { Post } from '#lib/posts/post.ts';
import type { ListPosts } from './rebuild.ts';

/** Posts read in one call. */
const PAGE = 200;

/** All posts of the posts table, in the order of a scan; a place in it is the id of the last post. */
export const scanPosts =
  (client: DynamoDBDocumentClient, tableName: string): ListPosts =>
  async (after) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new ScanCommand({
        TableName: tableName,
        Limit: PAGE,
        ...(after !== undefined && { ExclusiveStartKey: { postId: after } }),
      }),
    );
    return {
      posts: Items.map((item) => Post.parse(item)),
      next: LastEvaluatedKey && String(LastEvaluatedKey.postId),
    };
  };
