import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import * as z from 'zod';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { logger } from '#lib/platform/logger.ts';
import { observability } from '#lib/platform/observability.ts';
import { dynamoDbPostRepository } from '#lib/posts/dynamodb-post-repository.ts';
import { scanPosts } from '#lib/search/list-posts.ts';
import { RebuildPosition, type RebuildProgress, rebuildIndex } from '#lib/search/rebuild.ts';
import type { ListKnown, SearchIndexWriter } from '#lib/search/search-index.ts';

const Call = z.object({ next: RebuildPosition.optional() });
/** A page of posts is written in far less; then the call ends, and the next one goes on. */
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
