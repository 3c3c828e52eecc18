import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from '#lib/platform/zod.ts';
import { PostId } from '#lib/posts/post.ts';
import type { SweepIndex } from '../search-index.ts';
import { writeAll } from './batch.ts';
import { readStates } from './read-states.ts';
import { isLeftOver } from './state.ts';

const Key = z.object({ pk: z.string(), sk: z.string() });
const PostingKey = z.extend(Key, { postId: PostId, generation: z.string() });

/**
 * Deletes postings that are left over for good. An attempt that died between its writes leaves some when nothing brings
 * its message again: they take room, and searches read past them. It reads the whole table, for a rebuild.
 */
export const dynamoDbSweepPostings =
  (client: DynamoDBDocumentClient, tableName: string): SweepIndex =>
  async (after) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new ScanCommand({
        TableName: tableName,
        FilterExpression: 'sk <> :state',
        ProjectionExpression: 'pk, sk, postId, generation',
        ExpressionAttributeValues: { ':state': 'state' },
        ...(after !== undefined && { ExclusiveStartKey: Key.parse(JSON.parse(after)) }),
      }),
    );
    const postings = Items.map((item) => PostingKey.parse(item));
    const states = await readStates(
      client,
      tableName,
      postings.map(({ postId }) => postId),
    );
    const leftOver = postings.filter(({ postId, generation }) => isLeftOver(states.get(postId), generation));
    await writeAll(
      client,
      tableName,
      leftOver.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } })),
    );
    return { deleted: leftOver.length, next: LastEvaluatedKey && JSON.stringify(LastEvaluatedKey) };
  };
