import { setTimeout as pause } from 'node:timers/promises';
import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { stateKey } from '../../../lib/search/term-index/items.ts';
import { type TablePost, tablePost, writePosts } from './posts.ts';

/** Many posts are looked at seldom, so that looking does not hold them up; one alone by its own pace. */
const betweenLooksMs = (count: number): number => (count > 1 ? 100 : 5);
/** Three items each; BatchGetItem takes 100 keys. */
const POSTS_A_LOOK = 33;

/** Where the traces of a post's three subscribers are. */
export interface Traces {
  client: DynamoDBClient;
  postsTable: string;
  notificationsTable: string;
  searchTable: string;
}

/** Those of up to 33 posts that search shows, whose author is told, and that moderation reviewed. */
const doneOf = async (
  { client, postsTable, notificationsTable, searchTable }: Traces,
  posts: readonly TablePost[],
): Promise<ReadonlySet<string>> => {
  const keys = (keyOf: (post: TablePost) => Record<string, string>, attributes: string) => ({
    Keys: posts.map((post) => marshall(keyOf(post))),
    ConsistentRead: true,
    ProjectionExpression: attributes,
  });
  const { Responses = {} } = await client.send(
    new BatchGetItemCommand({
      RequestItems: {
        [postsTable]: keys(({ postId }) => ({ postId }), 'postId, version'),
        [notificationsTable]: keys(
          ({ userId, postId }) => ({ userId, notificationId: `${postId}#1` }),
          'postId',
        ),
        [searchTable]: keys(({ postId }) => stateKey(postId), 'postId, visible'),
      },
    }),
  );
  const ids = (table: string) => new Set((Responses[table] ?? []).map(({ postId }) => postId?.S ?? ''));
  const told = ids(notificationsTable);
  const shown = ids(searchTable);
  const reviewed = (Responses[postsTable] ?? []).filter(({ version }) => Number(version?.N) > 1);
  return new Set(
    reviewed.flatMap(({ postId }) => postId?.S ?? []).filter((id) => told.has(id) && shown.has(id)),
  );
};

/**
 * Writes posts and waits until all three subscribers have done their part for each of them.
 * @returns seconds
 * @throws when that takes longer than `patienceSeconds`
 */
export const throughAllSubscribers = async (
  traces: Traces,
  count: number,
  patienceSeconds: number,
): Promise<number> => {
  const posts = Array.from({ length: count }, (_, index) => tablePost(index));
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1_000;
  await writePosts(traces.client, traces.postsTable, posts);
  for (let left = posts; ; await pause(betweenLooksMs(count))) {
    // The oldest of those that are not done tell enough until they are.
    while (left.length > 0) {
      const look = left.slice(0, POSTS_A_LOOK);
      const done = await doneOf(traces, look);
      left = [...look.filter(({ postId }) => !done.has(postId)), ...left.slice(POSTS_A_LOOK)];
      if (done.size < look.length) break;
    }
    if (left.length === 0) return seconds();
    if (seconds() > patienceSeconds)
      throw new Error(`${left.length} of ${count} posts are not done after ${patienceSeconds} s`);
  }
};
