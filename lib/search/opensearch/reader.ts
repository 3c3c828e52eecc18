import type { API, Client } from '@opensearch-project/opensearch';
import { RetryLater } from '#lib/platform/retry-later.ts';
import { KnownPost, type ListKnown, type SearchIndexReader, type SearchQuery } from '../search-index.ts';
import { snippetOf } from '../snippet.ts';
import { firstOf, wordsOf } from '../words.ts';
import { isMissingIndex, withRetry } from './client.ts';
import { documentsIn, POSTS, type PostDocument } from './posts-index.ts';

type Body = NonNullable<API.Search_Request['body']>;
const KNOWN_PAGE = 500;
const RETRY_SECONDS = 5;

/** @throws {RetryLater} whatever the domain fails at: no query can be wrong, and a caller may try again */
const documentsOf = async (client: Client, body: Body): Promise<PostDocument[]> => {
  try {
    return documentsIn(
      await withRetry(() =>
        // Partial results would look complete.
        client.search({ index: POSTS, allow_partial_search_results: false, body }),
      ),
    );
  } catch (error) {
    // There is no index before the first post.
    if (isMissingIndex(error)) return [];
    throw new RetryLater('OpenSearch cannot answer', RETRY_SECONDS, { cause: error });
  }
};

const filtersOf = ({ type, userId }: SearchQuery, words: readonly string[]) => [
  { term: { visible: { value: true } } },
  ...words.map((word) => ({ term: { words: { value: word } } })),
  ...(type === undefined ? [] : [{ term: { type: { value: type } } }]),
  ...(userId === undefined ? [] : [{ term: { userId: { value: userId } } }]),
];

/** The read side of search on OpenSearch: filters only, nothing is scored. */
export const openSearchReader = (client: Client): SearchIndexReader => ({
  async search(query) {
    const words = wordsOf(query.text);
    if (words.length === 0) return { items: [], next: undefined };
    const found = await documentsOf(client, {
      query: { bool: { filter: filtersOf(query, words) } },
      sort: [{ timestamp: { order: 'desc' } }, { postId: { order: 'desc' } }],
      // One result more than requested shows whether there is a next page.
      size: query.limit + 1,
      track_total_hits: false,
      ...(query.after && { search_after: [Date.parse(query.after.timestamp), query.after.postId] }),
    });
    const page = found.slice(0, query.limit);
    const last = found.length > page.length ? page.at(-1) : undefined;
    return {
      items: page.map((document) => ({
        ...KnownPost.parse(document),
        content: document.content,
        snippet: snippetOf(document.content, words, firstOf(document, words)),
      })),
      next: last && { timestamp: last.timestamp, postId: last.postId },
    };
  },
});

/** The posts that the OpenSearch index knows, by id. */
export const openSearchListKnown =
  (client: Client): ListKnown =>
  async (after) => {
    const documents = await documentsOf(client, {
      query: { bool: { must_not: [{ exists: { field: 'removedAt' } }] } },
      sort: [{ postId: { order: 'asc' } }],
      size: KNOWN_PAGE,
      ...(after !== undefined && { search_after: [after] }),
    });
    return {
      posts: documents.map((document) => KnownPost.parse(document)),
      next: documents.length === KNOWN_PAGE ? documents.at(-1)?.postId : undefined,
    };
  };
