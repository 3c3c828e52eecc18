import * as z from '#lib/platform/zod.ts';
import type { ListShown } from '../search-index.ts';
import type { OpenSearch } from './client.ts';
import { PostDocument, SEARCH } from './posts-index.ts';

const Answer = z.object({ hits: z.object({ hits: z.array(z.object({ _source: PostDocument })) }) });
const PAGE = 500;

/** The posts that the OpenSearch index shows, by id. */
export const openSearchListShown =
  (send: OpenSearch): ListShown =>
  async (after) => {
    const answer = await send({
      ...SEARCH,
      body: {
        query: { bool: { filter: [{ term: { visible: { value: true } } }] } },
        sort: [{ postId: { order: 'asc' } }],
        size: PAGE,
        ...(after !== undefined && { search_after: [after] }),
      },
    });
    const posts = Answer.parse(answer).hits.hits.map(
      ({ _source: { postId, userId, type, timestamp, version } }) => ({
        postId,
        userId,
        type,
        timestamp,
        version,
      }),
    );
    return { posts, next: posts.length === PAGE ? posts.at(-1)?.postId : undefined };
  };
