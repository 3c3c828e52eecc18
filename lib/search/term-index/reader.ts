import { type DynamoDBDocumentClient, QueryCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { PostError } from '#lib/posts/post-error.ts';
import {
  KnownPost,
  type ListKnown,
  type SearchIndexReader,
  type SearchQuery,
  type SearchResult,
} from '../search-index.ts';
import { snippetOf } from '../snippet.ts';
import { firstOf, holdsAll, wordsOf } from '../words.ts';
import { readAll } from './batch.ts';
import { decodePosition, encodePosition, State, stateKey, wordPartition } from './items.ts';

/** Of a longer query only the longest words, which are rare ones, are looked up; the states tell the rest. */
const MAX_LOOKED_UP = 5;
/** Hints read of each word in the first query, and in any. */
const FIRST_READ = 50;
const MAX_READ = 6_400;
const MAX_JUDGED = 100;
/** A page that has a result ends after this much reading, counted in hints. */
const READ_PER_PAGE = 10_000;
/** A search that has no result by then is refused. */
const READ_PER_SEARCH = 50_000;
/** A state holds a whole post: reading one counts like so many hints. */
const HINTS_PER_STATE = 25;

/** Hints of one word: the positions of their posts, and the sort key behind which there may be more. */
interface Hints {
  positions: ReadonlySet<string>;
  end: string | undefined;
}

/**
 * The read side of the term index. Hints of the query's words are read in step, newest first; a post that has one under
 * each word is a candidate, and its state, read strongly consistent, decides.
 *
 * It reads on until there is a result, so that a page that is not the last is never empty. A search for common words
 * that hardly ever meet is refused before it costs too much.
 */
export const termIndexReader = (
  client: DynamoDBDocumentClient,
  table: string,
  { firstRead = FIRST_READ, readPerPage = READ_PER_PAGE, readPerSearch = READ_PER_SEARCH } = {},
): SearchIndexReader => {
  /** @param before a position, or a hint's sort key: only hints behind it */
  const readHints = async (
    word: string,
    { type, userId }: SearchQuery,
    before: string | undefined,
    limit: number,
  ): Promise<Hints> => {
    const filters = [...(type ? ['#type = :type'] : []), ...(userId ? ['userId = :userId'] : [])];
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: before === undefined ? 'pk = :pk' : 'pk = :pk AND sk < :before',
        ...(filters.length > 0 && { FilterExpression: filters.join(' AND ') }),
        ProjectionExpression: 'sk',
        ...(type && { ExpressionAttributeNames: { '#type': 'type' } }),
        ExpressionAttributeValues: {
          ':pk': wordPartition(word),
          ':before': before,
          ':type': type,
          ':userId': userId,
        },
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    return {
      positions: new Set(Items.map(({ sk }) => positionIn(String(sk)))),
      end: LastEvaluatedKey && String(LastEvaluatedKey.sk),
    };
  };

  const judge = async (
    positions: readonly string[],
    isMatch: (state: State) => boolean,
  ): Promise<State[]> => {
    const postIds = positions.map((position) => decodePosition(position).postId);
    const items = await readAll(client, table, postIds.map(stateKey));
    const states = new Map(items.map((item) => [String(item.postId), State.parse(item)]));
    return postIds.flatMap((postId) => {
      const state = states.get(postId);
      return state && isMatch(state) ? [state] : [];
    });
  };

  return {
    async search(query) {
      const words = wordsOf(query.text);
      if (words.length === 0) return { items: [], next: undefined };
      const isMatch = (state: State) =>
        state.visible &&
        holdsAll(state, words) &&
        (query.type === undefined || state.type === query.type) &&
        (query.userId === undefined || state.userId === query.userId);

      const lookedUp = words.toSorted((a, b) => b.length - a.length).slice(0, MAX_LOOKED_UP);
      // One result more than requested shows whether there is a next page.
      const wanted = query.limit + 1;
      const found: State[] = [];
      const judged = new Set<string>();
      let before = query.after && encodePosition(query.after);
      let read = 0;
      for (let limit = firstRead; ; limit = Math.min(4 * limit, MAX_READ)) {
        const hints = await Promise.all(lookedUp.map((word) => readHints(word, query, before, limit)));
        read += limit * lookedUp.length;
        const { candidates, end } = meetingOf(hints);
        const left = candidates.filter((position) => !judged.has(position));
        for (let size = wanted; left.length > 0 && found.length < wanted && read < readPerSearch; size *= 2) {
          const some = left.splice(0, Math.min(size, MAX_JUDGED));
          read += some.length * HINTS_PER_STATE;
          for (const position of some) judged.add(position);
          found.push(...(await judge(some, isMatch)));
        }
        const isEnd = end === undefined && left.length === 0;
        if (isEnd || found.length >= wanted || (found.length > 0 && read >= readPerPage)) {
          const page = found.slice(0, query.limit);
          const last = found.length > page.length || !isEnd ? page.at(-1) : undefined;
          return {
            items: page.map((state) => resultOf(state, words)),
            next: last && { timestamp: last.timestamp, postId: last.postId },
          };
        }
        if (read >= readPerSearch) throw new PostError('search-too-broad');
        before = end;
      }
    },
  };
};

/**
 * The posts that may have a hint under each word: of the word whose hints reach back furthest, those that no other
 * word's hints rule out, which is possible up to their end.
 */
const meetingOf = (hints: readonly Hints[]): { candidates: string[]; end: string | undefined } => {
  const [rarest, ...others] = hints.toSorted((a, b) => compare(a.end ?? '', b.end ?? ''));
  if (!rarest) return { candidates: [], end: undefined };
  const candidates = [...rarest.positions].filter((position) =>
    others.every(
      ({ positions, end }) => positions.has(position) || (end !== undefined && position <= positionIn(end)),
    ),
  );
  return { candidates, end: rarest.end };
};

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** The position that a hint's sort key begins with. */
const positionIn = (sk: string): string => encodePosition(decodePosition(sk));

const resultOf = (state: State, wanted: readonly string[]): SearchResult => ({
  ...KnownPost.parse(state),
  content: state.content,
  snippet: snippetOf(state.content, wanted, firstOf(state, wanted)),
});

/** About what a page of a megabyte holds. */
const SCAN_LIMIT = 3_000;

/** The posts that the term index knows, by a scan of the whole table: for a rebuild, not for a request. */
export const termIndexListKnown =
  (client: DynamoDBDocumentClient, table: string): ListKnown =>
  async (after) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new ScanCommand({
        TableName: table,
        Limit: SCAN_LIMIT,
        FilterExpression: 'sk = :state AND removed = :false',
        ExpressionAttributeValues: { ':state': 'state', ':false': false },
        ExclusiveStartKey: after === undefined ? undefined : JSON.parse(after),
      }),
    );
    const posts = Items.map((item) => KnownPost.parse(item));
    return { posts, next: LastEvaluatedKey && JSON.stringify(LastEvaluatedKey) };
  };
