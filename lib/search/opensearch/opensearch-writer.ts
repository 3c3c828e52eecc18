import type { SearchIndexWriter } from '../search-index.ts';
import { type OpenSearch, OpenSearchError } from './client.ts';
import { documentOf, INDEX, INDEX_TEMPLATE } from './posts-index.ts';

/** No version is higher: what comes after a removal, whatever its version, loses. */
const FINAL_VERSION = Number.MAX_SAFE_INTEGER;

/**
 * The write side of search on OpenSearch. The engine itself keeps the gate: a document is replaced only by the same
 * or a higher version (`external_gte`), and a refusal (409) means that it knows better. A removal is a document
 * too, without text: the engine forgets the version of a deleted document after 60 seconds
 * (`index.gc_deletes`), and a late event would bring the post back.
 * @param now milliseconds of the epoch
 * @see https://docs.opensearch.org/latest/api-reference/document-apis/index-document/
 */
export const openSearchIndexWriter = (send: OpenSearch, now: () => number = Date.now): SearchIndexWriter => {
  let template: Promise<void> | undefined;
  const putTemplate = async () => {
    await send({ method: 'POST', path: `/_index_template/${INDEX}`, body: INDEX_TEMPLATE });
  };
  /** Before the first document, which creates the index. Putting it again changes nothing. */
  const ensureTemplate = () => {
    template ??= putTemplate().catch((error: unknown) => {
      template = undefined;
      throw error;
    });
    return template;
  };

  return {
    async apply(entry) {
      await ensureTemplate();
      const written = await send({
        method: 'PUT',
        path: `/${INDEX}/_doc/${entry.postId}`,
        query: {
          version: `${entry.removed ? FINAL_VERSION : entry.version}`,
          version_type: 'external_gte',
        },
        body: documentOf(entry, now()),
      }).then(() => true, unlessConflict);
      if (!written) return 'ignored';
      return entry.visible ? 'shown' : 'hidden';
    },
  };
};

const unlessConflict = (error: unknown): false => {
  if (error instanceof OpenSearchError && error.status === 409) return false;
  throw error;
};
