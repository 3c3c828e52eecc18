import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from '#lib/platform/zod.ts';
import { PostId } from '#lib/posts/post.ts';
import type { SweepIndex } from '../search-index.ts';
import { writeAll } from './batch.ts';
import { readStates } from './read-states.ts';
import { scanPage } from './scan-page.ts';
import { isLeftOver } from './state.ts';

const PostingKey = z.object({ pk: z.string(), sk: z.string(), postId: PostId, generation: z.string() });

/**
 * Deletes postings that are left over for good. An attempt that died between its writes leaves some when nothing brings
 * its message again: they take room, and searches read past them.
 */
export const dynamoDbSweepPostings =
  (client: DynamoDBDocumentClient, tableName: string): SweepIndex =>
  async (after) => {
    const { items, next } = await scanPage(client, tableName, after, {
      FilterExpression: 'sk <> :state',
      ProjectionExpression: 'pk, sk, postId, generation',
      ExpressionAttributeValues: { ':state': 'state' },
    });
    const postings = items.map((item) => PostingKey.parse(item));
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
    return { deleted: leftOver.length, next };
  };
