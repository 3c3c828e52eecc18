import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { PostId, PostType, UserId } from '#lib/posts/post.ts';
import type { WordCondition } from '../words.ts';
import { partitionOf, postingMeets, SHARDS, stemToRead } from './postings.ts';

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

/** Postings read from one shard in one call. */
const SHARD_PAGE = 100;

/** The postings that meet a condition and others under its stem, newest first over all shards. */
export interface PostingStream {
  condition: WordCondition;
  /** How far back the first reads go: the rarer the stem, the further. Empty when they went to its end. */
  reach: string;
  /** How many postings of the first reads meet the condition. */
  matches: number;
  postings: AsyncGenerator<PostingItem>;
}

interface Shard {
  number: number;
  /** Read and not yet taken. */
  page: PostingItem[];
  /** Whether there may be more than the page. */
  hasMore: boolean;
}

/** Opens the postings of a condition, older than the place `before` if there is one. */
export const postingStreams =
  (client: DynamoDBDocumentClient, tableName: string) =>
  async (condition: WordCondition, before: string | undefined): Promise<PostingStream> => {
    const stem = stemToRead(condition);
    const read = async (number: number, olderThan: string | undefined): Promise<Shard> => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: olderThan === undefined ? 'pk = :pk' : 'pk = :pk AND sk < :before',
          ExpressionAttributeValues: {
            ':pk': partitionOf(stem, number),
            ...(olderThan === undefined ? {} : { ':before': olderThan }),
          },
          ScanIndexForward: false,
          Limit: SHARD_PAGE,
        }),
      );
      const page = Items.map((item) => PostingItem.parse(item));
      return { number, page, hasMore: page.length === SHARD_PAGE };
    };

    const numbers = Array.from({ length: SHARDS }, (_, number) => number);
    const shards = await Promise.all(numbers.map((number) => read(number, before)));
    const ends = shards.filter(({ hasMore }) => hasMore).map(({ page }) => page.at(-1)?.sk ?? '');

    async function* newestFirst(): AsyncGenerator<PostingItem> {
      for (;;) {
        const shard = shards.reduce((best, other) => (headOf(other) > headOf(best) ? other : best));
        const posting = shard.page.shift();
        if (!posting) return;
        // The next one may be in this shard: it has to be known before shards are compared again.
        if (shard.page.length === 0 && shard.hasMore)
          Object.assign(shard, await read(shard.number, posting.sk));
        yield posting;
      }
    }
    return {
      condition,
      reach: ends.toSorted().at(-1) ?? '',
      matches: shards.flatMap(({ page }) => page).filter(({ words }) => postingMeets(condition, words))
        .length,
      postings: newestFirst(),
    };
  };

const headOf = ({ page }: Shard): string => page[0]?.sk ?? '';
