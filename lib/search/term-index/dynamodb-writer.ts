import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ApplyOptions, IndexEntry, IndexOutcome, SearchIndexWriter } from '../search-index.ts';
import { dynamoDbIndexItems, type Seen } from './index-items.ts';
import { ownGeneration, planFor } from './state.ts';

/** A post that was written so long ago may have been changed meanwhile. */
const FRESH_MS = 1_000;

/**
 * The write side of the term index in DynamoDB. The order of its writes keeps the index right at every moment:
 *
 * 1. The postings of the new version, under a generation of their own: nobody sees them yet.
 * 2. The post's state, if it is still the one the plan was made for: this shows the new postings and hides the old
 *    ones at once. A lost race starts over with the state as it is now.
 * 3. The old postings are deleted, and the state forgets them.
 *
 * An attempt that ends in between is finished by the redelivery of its message: 1 and 3 can be repeated at will,
 * and postings that a lost race or a broken attempt left behind, which nothing shows, are deleted.
 * @param now milliseconds of the epoch
 */
export const dynamoDbSearchIndexWriter = (
  client: DynamoDBDocumentClient,
  tableName: string,
  now: () => number = Date.now,
): SearchIndexWriter => {
  const items = dynamoDbIndexItems(client, tableName);

  const deleteObsolete = async (state: Seen): Promise<void> => {
    if (!state?.obsolete) return;
    await items.deletePostings(state, state.obsolete);
    await items.forgetObsolete(state);
  };

  const attempt = async (
    entry: IndexEntry,
    seen: Seen,
    rebuild: ApplyOptions['rebuild'],
  ): Promise<IndexOutcome> => {
    // Left over from an attempt that did not finish. Deleting first keeps the state from having to remember more
    // than one generation.
    await deleteObsolete(seen);

    const plan = planFor(seen, entry, now(), rebuild);
    const shown = plan.outcome === 'ignored' ? seen?.generation : plan.next.generation;
    if (plan.outcome !== 'ignored') {
      if (plan.written) await items.writePostings(entry, plan.written);
      if (!(await items.replaceState(seen, plan.next))) {
        return attempt(entry, await items.readState(entry.postId), rebuild);
      }
      await deleteObsolete(plan.next);
    }
    const own = ownGeneration(entry, rebuild);
    // An attempt before this one may have written them. Whether there was one cannot be known: a message that an
    // operator sends back from the dead-letter queue counts as received for the first time.
    if (entry.visible && shown?.id !== own.id) await items.deletePostings(entry, own);
    return plan.outcome;
  };

  return {
    async apply(entry, options = {}) {
      // A new post that was never heard of is the usual case, and needs no reading: should there be a state all
      // the same, the write says so. One that comes late may have been overtaken, and then writes nothing that an
      // attempt which fails half way would leave behind.
      const isFresh = now() - Date.parse(entry.timestamp) < FRESH_MS;
      const unheardOf =
        entry.version === 1 && isFresh && !options.redelivered && options.rebuild === undefined;
      return attempt(entry, unheardOf ? undefined : await items.readState(entry.postId), options.rebuild);
    },
  };
};
