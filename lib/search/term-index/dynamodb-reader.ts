import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { SearchIndexReader, SearchPosition, SearchQuery, SearchResult } from '../search-index.ts';
import { snippetOf } from '../snippet.ts';
import { conditionsOf, meets, type WordCondition } from '../words.ts';
import { MAX_READS } from './batch.ts';
import { type PostingItem, type PostingStream, postingStreams } from './posting-stream.ts';
import { placeOf, postingMeets } from './postings.ts';
import { readStates } from './read-states.ts';
import type { PostState } from './state.ts';

/** Of how many words of a query the postings are looked at, to find the rarest. */
const MOST_PROBED = 5;
/** States read together at least, so that hidden posts do not cost a call each. */
const FEWEST_CONFIRMED = 10;
/**
 * The other words' postings are read beside the rarest one's where they lie at most this much closer: a posting is a
 * fraction of a read unit and a state a whole one, but of a much more common word too many would be read in vain.
 */
const MOST_TIMES_DENSER = 4;

/** A posting that its post's state confirms. */
interface Found {
  posting: PostingItem;
  state: PostState;
}

/**
 * The read side of the term index. Only the rarest of the query's words is read, newest first; a posting becomes
 * a result when the post's state, read strongly consistent, is visible under the posting's generation and holds
 * the other words as well. What the state does not confirm is never shown.
 * @param options.mostExamined postings looked at for one page of results, of all words whose postings are read. A
 *   query whose words are common but hardly ever meet gives back what it found within this bound and the position to go
 *   on from, so that no search runs away with cost or time.
 */
export const dynamoDbSearchIndexReader = (
  client: DynamoDBDocumentClient,
  tableName: string,
  { mostExamined } = { mostExamined: 500 },
): SearchIndexReader => {
  const open = postingStreams(client, tableName);

  const confirmed = async (
    candidates: readonly PostingItem[],
    conditions: readonly WordCondition[],
  ): Promise<Found[]> => {
    const postIds = candidates.map(({ postId }) => postId);
    const states = await readStates(client, tableName, postIds);
    return candidates.flatMap((posting) => {
      const state = states.get(posting.postId);
      return state && isShown(state, posting, conditions) ? [{ posting, state }] : [];
    });
  };

  return {
    async search(query) {
      const conditions = conditionsOf(query.text);
      const before = query.after && placeOf(query.after);
      const streams = await Promise.all(likelyRarest(conditions).map((condition) => open(condition, before)));
      const [rarest, ...others] = streams.toSorted(byRarity);
      if (!rarest) return { items: [], next: undefined };
      const joined = others.filter((other) => isNearlyAsRare(other, rarest));
      const hasOthers = async (posting: PostingItem): Promise<boolean> => {
        for (const other of joined) if (!(await other.has(posting))) return false;
        return true;
      };

      // One more than asked for tells whether there is a next page.
      const wanted = query.limit + 1;
      const found: Found[] = [];
      const candidates: PostingItem[] = [];
      let examined = 0;
      let stoppedAt: PostingItem | undefined;
      let enough = Math.max(wanted, FEWEST_CONFIRMED);
      for await (const posting of rarest.postings) {
        const isCandidate =
          postingMeets(rarest.condition, posting.words) && fits(query, posting) && (await hasOthers(posting));
        if (isCandidate) candidates.push(posting);
        if (candidates.length >= enough) {
          found.push(...(await confirmed(candidates.splice(0), conditions)));
          if (found.length >= wanted) break;
          // Most were none: the same number again would be as likely not to do.
          enough = Math.min(2 * enough, MAX_READS);
        }
        examined += 1 + joined.length;
        if (examined >= mostExamined) {
          stoppedAt = posting;
          break;
        }
      }
      found.push(...(await confirmed(candidates, conditions)));

      const page = found.slice(0, query.limit);
      const goOnAfter = found.length > page.length ? page.at(-1)?.posting : stoppedAt;
      return {
        items: page.map(({ state }) => resultOf(state, conditions)),
        next: goOnAfter && positionOf(goOnAfter),
      };
    },
  };
};

/** Long words are rare words; however long a query is, it opens no more streams than this. */
const likelyRarest = (conditions: readonly WordCondition[]): WordCondition[] =>
  conditions.toSorted((a, b) => b.word.length - a.word.length).slice(0, MOST_PROBED);

const byRarity = (a: PostingStream, b: PostingStream): number => {
  if (a.reach !== b.reach) return a.reach < b.reach ? -1 : 1;
  return a.matches - b.matches;
};

/** When a stream's first reads end, milliseconds of the epoch; undefined when they went to its end. */
const endOf = ({ reach }: PostingStream): number | undefined =>
  reach === '' ? undefined : Date.parse(reach.slice(0, reach.indexOf('#')));

const isNearlyAsRare = (other: PostingStream, rarest: PostingStream): boolean => {
  const [end, rarestEnd] = [endOf(other), endOf(rarest)];
  if (rarestEnd === undefined) return false;
  if (end === undefined) return true;
  const newest = Math.max(other.newest, rarest.newest);
  return newest - rarestEnd <= MOST_TIMES_DENSER * (newest - end);
};

const isShown = (
  { visible, generation }: PostState,
  posting: PostingItem,
  conditions: readonly WordCondition[],
): boolean =>
  visible &&
  generation?.id === posting.generation &&
  conditions.every((condition) => generation.words.some(meets(condition)));

const fits = ({ type, userId }: SearchQuery, posting: PostingItem): boolean =>
  (type === undefined || posting.type === type) && (userId === undefined || posting.userId === userId);

const positionOf = ({ sk, postId }: PostingItem): SearchPosition => ({
  timestamp: sk.slice(0, sk.indexOf('#')),
  postId,
});

const resultOf = (
  { postId, userId, type, timestamp, version, content }: PostState,
  conditions: readonly WordCondition[],
): SearchResult => ({
  ...{ postId, userId, type, timestamp, version, content },
  snippet: snippetOf(content, conditions),
});
