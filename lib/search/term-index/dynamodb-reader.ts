import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { PostId, PostType, UserId } from '#lib/posts/post.ts';
import type { SearchIndexReader, SearchPosition, SearchQuery, SearchResult } from '../search-index.ts';
import { snippetOf } from '../snippet.ts';
import { conditionsOf, meets, type WordCondition } from '../words.ts';
import { readAll } from './batch.ts';
import { partitionOf, placeOf, postingMeets, SHARDS, stemToRead } from './postings.ts';
import type { PostState } from './state.ts';
import { StateItem, stateKey } from './state-items.ts';

const PostingItem = z.object({
  sk: z.string(),
  postId: PostId,
  userId: UserId,
  type: PostType,
  words: z.array(z.string()),
  generation: z.string(),
});
type PostingItem = z.infer<typeof PostingItem>;

/** Postings read from one shard in one call. */
const SHARD_PAGE = 100;
/** One condition's postings, newest first over all shards. */
interface PostingStream {
  /** How far back the first reads reach: the emptier the stem, the further. Empty when it has been read whole. */
  reach: string;
  matches: number;
  postings: AsyncGenerator<PostingItem>;
}

/**
 * The read side of the term index. Only the rarest of the query's words is read, newest first; a posting becomes
 * a result when the post's state, read strongly consistent, is visible under the posting's generation and holds
 * the other words as well. What the state does not confirm is never shown.
 * @param options.mostExamined postings looked at for one page of results. A query whose words are common but hardly
 *   ever meet gives back what it found within this bound and the position to go on from, so that no search runs
 *   away with cost or time.
 */
export const dynamoDbSearchIndexReader = (
  client: DynamoDBDocumentClient,
  tableName: string,
  { mostExamined } = { mostExamined: 4_000 },
): SearchIndexReader => {
  const readShard = async (stem: string, shard: number, before: string | undefined) => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: before === undefined ? 'pk = :pk' : 'pk = :pk AND sk < :before',
        ExpressionAttributeValues: {
          ':pk': partitionOf(stem, shard),
          ...(before === undefined ? {} : { ':before': before }),
        },
        ScanIndexForward: false,
        Limit: SHARD_PAGE,
      }),
    );
    return Items.map((item) => PostingItem.parse(item));
  };

  const open = async (condition: WordCondition, before: string | undefined): Promise<PostingStream> => {
    const stem = stemToRead(condition);
    const shards = await Promise.all(
      Array.from({ length: SHARDS }, async (_, shard) => ({
        shard,
        page: await readShard(stem, shard, before),
      })),
    );
    const unread = shards.filter(({ page }) => page.length === SHARD_PAGE);
    const matches = shards
      .flatMap(({ page }) => page)
      .filter(({ words }) => postingMeets(condition, words)).length;
    const ends = unread.map(({ page }) => page.at(-1)?.sk ?? '');
    const reach = ends.toSorted().at(-1) ?? '';

    async function* merged(): AsyncGenerator<PostingItem> {
      for (;;) {
        const newest = shards
          .filter(({ page }) => page.length > 0)
          .reduce<(typeof shards)[number] | undefined>(
            (best, shard) => (best && (best.page[0]?.sk ?? '') >= (shard.page[0]?.sk ?? '') ? best : shard),
            undefined,
          );
        const posting = newest?.page.shift();
        if (!newest || !posting) return;
        if (newest.page.length === 0 && unread.includes(newest)) {
          newest.page.push(...(await readShard(stem, newest.shard, posting.sk)));
          if (newest.page.length < SHARD_PAGE) unread.splice(unread.indexOf(newest), 1);
        }
        yield posting;
      }
    }
    return { reach, matches, postings: merged() };
  };

  const confirmed = async (
    candidates: readonly PostingItem[],
    conditions: readonly WordCondition[],
  ): Promise<Map<PostingItem, PostState>> => {
    const keys = [...new Set(candidates.map(({ postId }) => postId))].map(stateKey);
    const states = (await readAll(client, tableName, keys)).map((item) => StateItem.parse(item));
    const byPost = new Map(states.map((state) => [state.postId, state]));
    const shown = new Map<PostingItem, PostState>();
    for (const posting of candidates) {
      const state = byPost.get(posting.postId);
      if (!state?.visible || state.generation?.id !== posting.generation) continue;
      const { words } = state.generation;
      if (conditions.every((condition) => words.some(meets(condition)))) shown.set(posting, state);
    }
    return shown;
  };

  return {
    async search(query) {
      const conditions = conditionsOf(query.text);
      const before = query.after && placeOf(query.after);
      const streams = await Promise.all(
        conditions.map(async (condition) => ({ condition, ...(await open(condition, before)) })),
      );
      const rarest = streams.toSorted((a, b) => compare(a.reach, b.reach) || a.matches - b.matches)[0];
      if (!rarest) return { items: [], next: undefined };

      const items: SearchResult[] = [];
      let candidates: PostingItem[] = [];
      let examined = 0;
      let last: PostingItem | undefined;
      const take = async (): Promise<boolean> => {
        const shown = await confirmed(candidates, conditions);
        for (const posting of candidates) {
          last = posting;
          const state = shown.get(posting);
          if (state) items.push(resultOf(state, conditions));
          if (items.length === query.limit) return true;
        }
        candidates = [];
        return false;
      };

      for await (const posting of rarest.postings) {
        examined += 1;
        if (postingMeets(rarest.condition, posting.words) && fits(query, posting)) candidates.push(posting);
        // As many states as results are still missing: more are read only when some of them were not shown.
        if (candidates.length >= Math.max(query.limit - items.length, 10) && (await take())) {
          return { items, next: last && positionOf(last) };
        }
        if (examined === mostExamined) {
          if (await take()) return { items, next: last && positionOf(last) };
          return { items, next: positionOf(posting) };
        }
      }
      const full = await take();
      const more = full && last !== candidates.at(-1);
      return { items, next: more && last ? positionOf(last) : undefined };
    },
  };
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const fits = ({ type, userId }: SearchQuery, posting: PostingItem): boolean =>
  (type === undefined || posting.type === type) && (userId === undefined || posting.userId === userId);

const positionOf = ({ sk, postId }: PostingItem): SearchPosition => ({
  timestamp: sk.slice(0, sk.indexOf('#')),
  postId,
});

const resultOf = (state: PostState, conditions: readonly WordCondition[]): SearchResult => ({
  postId: state.postId,
  userId: state.userId,
  type: state.type,
  timestamp: state.timestamp,
  version: state.version,
  content: state.content,
  snippet: snippetOf(state.content, conditions),
});
