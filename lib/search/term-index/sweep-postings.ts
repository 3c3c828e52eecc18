import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from '#lib/platform/zod.ts';
import { PostId } from '#lib/posts/post.ts';
import type { SweepIndex } from '../search-index.ts';
import { writeAll } from './batch.ts';
import { readStates } from './read-states.ts';
import { scanPage } from './scan-page.ts';
import { isLeftOver, type Judge } from './state.ts';

const PostingKey = z.object({ pk: z.string(), sk: z.string(), postId: PostId, generation: z.string() });

/** Posts whose judges are kept, some 150 bytes each. */
const MOST_KEPT = 500_000;

/** Reads each post's judge once: its postings lie in many partitions, on many pages. */
const judgesOfPosts = (client: DynamoDBDocumentClient, tableName: string) => {
  const kept = new Map<string, Judge>();
  return async (postIds: readonly string[]): Promise<ReadonlyMap<string, Judge>> => {
    if (kept.size > MOST_KEPT) kept.clear();
    const states = await readStates(
      client,
      tableName,
      postIds.filter((postId) => !kept.has(postId)),
    );
    for (const [postId, { version, removed, generation }] of states)
      kept.set(postId, { version, removed, generation: generation && { id: generation.id } });
    return kept;
  };
};

/**
 * Deletes postings that are left over for good. An attempt that died between its writes leaves some when nothing brings
 * its message again: they take room, and searches read past them.
 */
export const dynamoDbSweepPostings = (client: DynamoDBDocumentClient, tableName: string): SweepIndex => {
  const judgesOf = judgesOfPosts(client, tableName);
  return async (after) => {
    const { items, next } = await scanPage(client, tableName, after, {
      FilterExpression: 'sk <> :state',
      ProjectionExpression: 'pk, sk, postId, generation',
      ExpressionAttributeValues: { ':state': 'state' },
    });
    const postings = items.map((item) => PostingKey.parse(item));
    const judges = await judgesOf(postings.map(({ postId }) => postId));
    const leftOver = postings.filter(({ postId, generation }) => isLeftOver(judges.get(postId), generation));
    await writeAll(
      client,
      tableName,
      leftOver.map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } })),
    );
    return { deleted: leftOver.length, next };
  };
};
