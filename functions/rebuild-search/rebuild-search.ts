import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import * as z from 'zod';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { logger } from '#lib/platform/logger.ts';
import { observability } from '#lib/platform/observability.ts';
import { dynamoDbPostRepository } from '#lib/posts/dynamodb-post-repository.ts';
import { Post } from '#lib/posts/post.ts';
import { type ListPosts, RebuildPosition, type RebuildProgress, rebuildIndex } from '#lib/search/rebuild.ts';
import type { ListKnown, SearchIndexWriter } from '#lib/search/search-index.ts';

const Call = z.object({ next: RebuildPosition.optional() });
const STOP_BEFORE_MS = 60_000;

/**
 * Rebuilds the search index: `sls invoke -f rebuildSearch`. While the answer holds a `next`, call again with the
 * answer as the payload.
 */
export const rebuildSearch = (
  client: DynamoDBDocumentClient,
  engine: { index: SearchIndexWriter; listKnown: ListKnown },
) => {
  const { POSTS_TABLE } = readConfig(z.object({ POSTS_TABLE: requiredText }));
  const ports = {
    ...engine,
    listPosts: scanPosts(client, POSTS_TABLE, (postId, reason) =>
      logger.error('left out: breaks the contract', { postId, reason }),
    ),
    find: dynamoDbPostRepository(client, POSTS_TABLE).find,
  };
  return middy<unknown, RebuildProgress>()
    .use(observability)
    .handler(async (call, context) => {
      const { next } = Call.parse(call ?? {});
      const hasTime = () => context.getRemainingTimeInMillis() > STOP_BEFORE_MS;
      const progress = await rebuildIndex({ ...ports, hasTime }, next);
      logger.info('rebuilt', { ...progress });
      return progress;
    });
};

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
