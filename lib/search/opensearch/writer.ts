import { type Client, errors } from '@opensearch-project/opensearch';
import { type SearchIndexWriter, TOMBSTONE_DAYS } from '../search-index.ts';
import { withRetry } from './client.ts';
import { documentOf, ensurePostsIndex, POSTS } from './posts-index.ts';

/** What comes after a removal loses, whatever its version. */
const FINAL_VERSION = Number.MAX_SAFE_INTEGER;
const MAX_FORGOTTEN = 100;

/**
 * The write side of search on OpenSearch. The engine is the gate: a document is replaced only by the same or a higher
 * version (`external_gte`), or refused (409). A removal is a document too, because the engine forgets the version of a
 * deleted one after 60 seconds (`index.gc_deletes`). What is written can be found a second later at most.
 * @param now milliseconds of the epoch
 * @see https://docs.opensearch.org/latest/api-reference/document-apis/index-document/
 */
export const openSearchWriter = (client: Client, now: () => number = Date.now): SearchIndexWriter => {
  let ready: Promise<void> | undefined;

  /** Each removal also deletes old tombstones. */
  const forgetTombstones = async () => {
    const lt = new Date(now() - TOMBSTONE_DAYS * 86_400_000).toISOString();
    const { body } = await client.search({
      index: POSTS,
      body: { query: { range: { removedAt: { lt } } }, size: MAX_FORGOTTEN, _source: false },
    });
    const deletions = body.hits.hits.map(({ _id }) => ({ delete: { _id } }));
    // The next removal finds what is not deleted now.
    if (deletions.length > 0) await client.bulk({ index: POSTS, body: deletions });
  };

  return {
    async apply(entry) {
      ready ??= ensurePostsIndex(client);
      try {
        await ready;
        await withRetry(() =>
          client.index({
            index: POSTS,
            require_alias: true,
            id: entry.postId,
            version: entry.removed ? FINAL_VERSION : entry.version,
            version_type: 'external_gte',
            body: documentOf(entry, now()),
          }),
        );
      } catch (error) {
        if (error instanceof errors.ResponseError && error.statusCode === 409) return 'ignored';
        // The next entry looks for the index again.
        ready = undefined;
        throw error;
      }
      if (entry.removed) await forgetTombstones();
      return entry.visible ? 'shown' : 'hidden';
    },
  };
};
