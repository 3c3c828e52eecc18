import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { createLogger } from '#lib/platform/logger.ts';
import { dynamoDbPostRepository } from '#lib/posts/dynamodb-post-repository.ts';
import { scanPosts } from '#lib/search/list-posts.ts';
import { RebuildPosition, type RebuildProgress, rebuildIndex } from '#lib/search/rebuild.ts';
import { SearchConfig, searchToRebuild } from '#lib/search/search-engine.ts';

const config = readConfig(SearchConfig.extend({ POSTS_TABLE: requiredText }));
const client = createDocumentClient();
const log = createLogger();
const ports = {
  listPosts: scanPosts(client, config.POSTS_TABLE, (postId, reason) =>
    log.error('left out: breaks the contract', { postId, reason }),
  ),
  find: dynamoDbPostRepository(client, config.POSTS_TABLE).find,
  ...searchToRebuild(config, client),
};

const Call = z.object({ next: RebuildPosition.optional() });
/** A page of posts is written in far less; then the call ends, and the next one goes on. */
const STOP_BEFORE_MS = 60_000;

/**
 * Rebuilds the search index: `sls invoke -f rebuildSearch`. While the answer holds a `next`, call again with the
 * answer as the payload.
 */
export const handler = async (call: unknown, context: Context): Promise<RebuildProgress> => {
  log.addContext(context);
  const { next } = Call.parse(call ?? {});
  const hasTime = () => context.getRemainingTimeInMillis() > STOP_BEFORE_MS;
  const progress = await rebuildIndex({ ...ports, hasTime }, next);
  log.info('rebuilt', { ...progress });
  return progress;
};
