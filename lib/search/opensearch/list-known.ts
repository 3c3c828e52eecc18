import * as z from 'zod';
import type { ListKnown } from '../search-index.ts';
import type { OpenSearch } from './client.ts';
import { PostDocument, SEARCH } from './posts-index.ts';

const Answer = z.object({ hits: z.object({ hits: z.array(z.object({ _source: PostDocument })) }) });
const PAGE = 500;

/** The posts that the OpenSearch index knows, by id. */
export const openSearchListKnown =
  (send: OpenSearch): ListKnown =>
  async (after) => {
    const answer = await send({
      ...SEARCH,
      body: {
        query: { bool: { must_not: [{ exists: { field: 'removedAt' } }] } },
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
