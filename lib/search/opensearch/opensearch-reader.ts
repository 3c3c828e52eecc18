import * as z from 'zod';
import type { SearchIndexReader, SearchPosition, SearchQuery } from '../search-index.ts';
import { snippetOf } from '../snippet.ts';
import { firstOf, wordsOf } from '../words.ts';
import type { OpenSearch } from './client.ts';
import { PostDocument, SEARCH } from './posts-index.ts';

const Answer = z.object({ hits: z.object({ hits: z.array(z.object({ _source: PostDocument })) }) });

const filtersOf = ({ type, userId }: SearchQuery, words: readonly string[]) => [
  { term: { visible: { value: true } } },
  ...words.map((word) => ({ term: { words: { value: word } } })),
  ...(type === undefined ? [] : [{ term: { type: { value: type } } }]),
  ...(userId === undefined ? [] : [{ term: { userId: { value: userId } } }]),
];

/** The read side of search on OpenSearch: filters only, so that nothing is scored, newest first. */
export const openSearchIndexReader = (send: OpenSearch): SearchIndexReader => ({
  async search(query) {
    const words = wordsOf(query.text);
    if (words.length === 0) return { items: [], next: undefined };

    const answer = await send({
      ...SEARCH,
      body: {
        query: { bool: { filter: filtersOf(query, words) } },
        sort: [{ timestamp: { order: 'desc' } }, { postId: { order: 'desc' } }],
        // One more than asked for tells whether there is a next page.
        size: query.limit + 1,
        ...(query.after && { search_after: sortValuesOf(query.after) }),
      },
    });
    const found = Answer.parse(answer).hits.hits.map(({ _source }) => _source);
    const shown = found.slice(0, query.limit);
    return {
      items: shown.map(({ postId, userId, type, timestamp, version, content, ...indexed }) => ({
        ...{ postId, userId, type, timestamp, version, content },
        snippet: snippetOf(content, words, firstOf(indexed, words)),
      })),
      next: found.length > shown.length ? positionOf(shown.at(-1)) : undefined,
    };
  },
});

const sortValuesOf = ({ timestamp, postId }: SearchPosition) => [Date.parse(timestamp), postId];

const positionOf = (last: PostDocument | undefined): SearchPosition | undefined =>
  last && { timestamp: last.timestamp, postId: last.postId };
