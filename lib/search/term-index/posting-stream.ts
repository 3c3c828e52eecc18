import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from '#lib/platform/zod.ts';
import { PostId, PostType } from '#lib/posts/post.ts';
import { UserId } from '#lib/posts/user-id.ts';
import type { WordCondition } from '../words.ts';
import { partitionOf, postingMeets, SHARDS, shardOf, stemToRead } from './postings.ts';

/** A posting as the table holds it. */
export const PostingItem = z.object({
  /** The post's place in time, and the generation. */
  sk: z.string(),
  postId: PostId,
  userId: UserId,
  type: PostType,
  words: z.array(z.string()),
  generation: z.string(),
});
export type PostingItem = z.infer<typeof PostingItem>;

/** Postings read from one shard at first: all shards together hold a few pages of results. */
const FIRST_PAGE = 25;
/** Postings read from one shard when the first ones did not do: all shards together are read to a search's end in two. */
const NEXT_PAGE = 50;
/** With so few postings left a shard is read on when another has to be: they come to their ends together. */
const FEW = 10;

/** The postings that meet a condition and others under its stem, newest first over all shards. */
export interface PostingStream {
  condition: WordCondition;
  /** How far back the first reads go: the rarer the stem, the further. Empty when they went to its end. */
  reach: string;
  /** Milliseconds of the epoch. Zero when there is none. */
  newest: number;
  /** How many postings of the first reads meet the condition. */
  matches: number;
  postings: AsyncGenerator<PostingItem>;
  /**
   * Whether the post of another stream's posting has one here as well, under the same generation. To be asked newest
   * first, and instead of taking the postings.
   */
  has(posting: PostingItem): Promise<boolean>;
}

interface Shard {
  number: number;
  /** Read and not yet taken. */
  page: PostingItem[];
  /** Whether there may be more than the page. */
  hasMore: boolean;
}

/** Up to where a shard is read. */
interface Bound {
  is: '<' | '<=';
  place: string;
}

/** Opens the postings of a condition, older than the place `before` if there is one. */
export const postingStreams =
  (client: DynamoDBDocumentClient, tableName: string) =>
  async (condition: WordCondition, before: string | undefined): Promise<PostingStream> => {
    const stem = stemToRead(condition);
    const read = async (number: number, limit: number, bound?: Bound): Promise<Shard> => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: bound ? `pk = :pk AND sk ${bound.is} :bound` : 'pk = :pk',
          ExpressionAttributeValues: {
            ':pk': partitionOf(stem, number),
            ...(bound && { ':bound': bound.place }),
          },
          ScanIndexForward: false,
          Limit: limit,
        }),
      );
      const page = Items.map((item) => PostingItem.parse(item));
      return { number, page, hasMore: page.length === limit };
    };

    const numbers = Array.from({ length: SHARDS }, (_, number) => number);
    const shards = await Promise.all(
      numbers.map((number) =>
        read(number, FIRST_PAGE, before === undefined ? undefined : { is: '<', place: before }),
      ),
    );
    const ends = shards.filter(({ hasMore }) => hasMore).map(({ page }) => page.at(-1)?.sk ?? '');

    /** Reads on in a shard that has nothing left, and at the same time in others that have little left. */
    const readOn = async (empty: Shard, bound: Bound): Promise<void> => {
      const low = shards.filter(({ page, hasMore }) => hasMore && page.length > 0 && page.length <= FEW);
      await Promise.all(
        [empty, ...low].map(async (shard) => {
          const last = shard.page.at(-1);
          const { page, hasMore } = await read(
            shard.number,
            NEXT_PAGE,
            last ? { is: '<', place: last.sk } : bound,
          );
          shard.page.push(...page);
          shard.hasMore = hasMore;
        }),
      );
    };

    async function* newestFirst(): AsyncGenerator<PostingItem> {
      for (;;) {
        const shard = shards.reduce((best, other) => (headOf(other) > headOf(best) ? other : best));
        const posting = shard.page.shift();
        if (!posting) return;
        // The next one may be in this shard: it has to be known before shards are compared again.
        if (shard.page.length === 0 && shard.hasMore) await readOn(shard, { is: '<', place: posting.sk });
        yield posting;
      }
    }

    const has = async ({ postId, sk }: PostingItem): Promise<boolean> => {
      const shard = shards[shardOf(postId)];
      if (!shard) return false;
      while (headOf(shard) > sk) shard.page.shift();
      if (shard.page.length === 0 && shard.hasMore) await readOn(shard, { is: '<=', place: sk });
      const [head] = shard.page;
      return head?.sk === sk && postingMeets(condition, head.words);
    };

    return {
      condition,
      reach: ends.toSorted().at(-1) ?? '',
      newest: timeOf(shards.map(headOf).toSorted().at(-1) ?? ''),
      matches: shards.flatMap(({ page }) => page).filter(({ words }) => postingMeets(condition, words))
        .length,
      postings: newestFirst(),
      has,
    };
  };

const timeOf = (place: string): number => (place === '' ? 0 : Date.parse(place.slice(0, place.indexOf('#'))));

const headOf = ({ page }: Shard): string => page[0]?.sk ?? '';
