import { ulid } from 'ulid';
import type {
  IndexEntry,
  ListKnown,
  SearchIndexReader,
  SearchIndexWriter,
  SearchPosition,
  SearchQuery,
} from '#lib/search/search-index.ts';
import { MAX_INDEXED_WORDS } from '#lib/search/words.ts';

/** An index under test, empty. */
export type Index = SearchIndexWriter & SearchIndexReader & { listKnown: ListKnown };

const MINUTE = 60_000;
let minute = 0;

/** A published post, newer than every one before it. */
const published = (content: string, more: Partial<IndexEntry> = {}): IndexEntry => {
  minute += 1;
  const created = Date.UTC(2026, 10, 20) + minute * MINUTE;
  return {
    postId: ulid(created),
    userId: 'ada',
    type: 'text',
    timestamp: new Date(created).toISOString(),
    content,
    version: 1,
    visible: true,
    removed: false,
    ...more,
  };
};

const later = (entry: IndexEntry, change: Partial<IndexEntry>): IndexEntry => ({
  ...entry,
  version: entry.version + 1,
  ...change,
});

const contentsFound = async (index: Index, query: string | Partial<SearchQuery>): Promise<string[]> => {
  const { items } = await index.search({
    text: '',
    limit: 20,
    ...(typeof query === 'string' ? { text: query } : query),
  });
  return items.map(({ content }) => content);
};

/**
 * What every adapter of search has to do.
 * @param open an empty index
 */
export const searchContract = (open: () => Promise<Index>): void => {
  let index: Index;
  const given = async (...entries: IndexEntry[]) => {
    for (const entry of entries) await index.apply(entry);
  };
  beforeEach(async () => {
    index = await open();
  });

  test('finds posts that hold every word of the query, in any order and case', async () => {
    await given(published('Rain in the harbour'), published('Sun over the harbour'), published('Rain again'));
    expect(await contentsFound(index, 'HARBOUR rain')).toEqual(['Rain in the harbour']);
  });

  test('finds words of any script', async () => {
    await given(published('我喜欢北京'), published('สวัสดีครับทุกคน'), published('Straße in Köln'));
    expect(await contentsFound(index, '北京')).toEqual(['我喜欢北京']);
    expect(await contentsFound(index, 'สวัสดี')).toEqual(['สวัสดีครับทุกคน']);
    expect(await contentsFound(index, 'STRASSE köln')).toEqual(['Straße in Köln']);
  });

  test('finds whole words, not what begins with them', async () => {
    await given(published('a sea of rainbows'), published('rain at sea'), published('season of rain'));
    expect(await contentsFound(index, 'rain')).toEqual(['season of rain', 'rain at sea']);
    expect(await contentsFound(index, 'rainbow')).toEqual([]);
    expect(await contentsFound(index, 'sea rain')).toEqual(['rain at sea']);
  });

  test('narrows by type and by author', async () => {
    await given(
      published('harbour one', { type: 'photo', userId: 'ada' }),
      published('harbour two', { type: 'photo', userId: 'grace' }),
      published('harbour three', { type: 'text', userId: 'grace' }),
    );
    expect(await contentsFound(index, { text: 'harbour', type: 'photo' })).toEqual([
      'harbour two',
      'harbour one',
    ]);
    expect(await contentsFound(index, { text: 'harbour', userId: 'grace' })).toEqual([
      'harbour three',
      'harbour two',
    ]);
    expect(await contentsFound(index, { text: 'harbour', type: 'photo', userId: 'grace' })).toEqual([
      'harbour two',
    ]);
  });

  test('shows each result with what a reader needs', async () => {
    const entry = published('Rain in the harbour', { type: 'photo', userId: 'grace' });
    await given(entry);
    const { items } = await index.search({ text: 'rain', limit: 1 });
    const { postId, userId, type, timestamp, content, version } = entry;
    expect(items).toEqual([
      {
        ...{ postId, userId, type, timestamp, content, version },
        snippet: { text: 'Rain in the harbour', highlights: [{ start: 0, end: 4 }] },
      },
    ]);
  });

  test('gives all results newest first, page by page, each once', async () => {
    const entries = Array.from({ length: 23 }, (_, number) => published(`common post ${number}`));
    await given(...entries);
    const found: string[] = [];
    let pages = 0;
    let after: SearchPosition | undefined;
    do {
      const page = await index.search({ text: 'common', limit: 5, after });
      expect(page.items.length).toBeLessThanOrEqual(5);
      found.push(...page.items.map(({ content }) => content));
      after = page.next;
      pages += 1;
    } while (after && pages < 30);
    expect(found).toEqual(entries.map(({ content }) => content).toReversed());
  });

  test.each([1, 10, 12])('ends a page of exactly %i results without promising another', async (limit) => {
    await given(...Array.from({ length: limit }, (_, number) => published(`exactly ${number}`)));
    const { items, next } = await index.search({ text: 'exactly', limit });
    expect(items).toHaveLength(limit);
    expect(next).toBeUndefined();
  });

  test('takes a query of any length', async () => {
    const words = Array.from({ length: 150 }, (_, number) => `word${number}`).join(' ');
    await given(published(words), published('word1 word2'));
    expect(await contentsFound(index, words)).toEqual([words]);
  });

  test('gives no empty page but the last, whatever it is narrowed by', async () => {
    const isMeeting = (_: unknown, number: number) => number % 20 === 3;
    const posts = Array.from({ length: 40 }, (post, number) =>
      published(`common ${isMeeting(post, number) ? 'meeting' : `filler${number}`}`, {
        type: number % 10 === 3 ? 'photo' : 'text',
        userId: isMeeting(post, number) ? 'grace' : 'ada',
      }),
    );
    await given(...posts);
    const expected = posts.filter(isMeeting).map(({ content }) => content);
    const [type, userId] = ['photo', 'grace'] as const;
    for (const filters of [{}, { type }, { userId }, { type, userId }]) {
      const found: string[] = [];
      let after: SearchPosition | undefined;
      do {
        const page = await index.search({ text: 'common meeting', limit: 1, after, ...filters });
        if (page.next) expect(page.items).not.toEqual([]);
        found.push(...page.items.map(({ content }) => content));
        after = page.next;
      } while (after);
      expect(found).toEqual(expected.toReversed());
    }
  });

  test('knows a word by the first of a long post, and by no more than it says', async () => {
    const words = Array.from({ length: MAX_INDEXED_WORDS }, (_, number) => `word${number}`).join(' ');
    const content = `${words} ${words} beyond`;
    await given(published(content));
    expect(await contentsFound(index, `word${MAX_INDEXED_WORDS - 1}`)).toEqual([content]);
    expect(await contentsFound(index, 'beyond')).toEqual([]);
  });

  test('goes on where a page ended although newer posts have come', async () => {
    await given(published('common one'), published('common two'));
    const first = await index.search({ text: 'common', limit: 1 });
    await given(published('common three'));
    expect(first.items.map(({ content }) => content)).toEqual(['common two']);
    expect(await contentsFound(index, { text: 'common', after: first.next })).toEqual(['common one']);
  });

  test('finds nothing for a query without words', async () => {
    await given(published('anything'));
    expect(await index.search({ text: '🎉 …', limit: 5 })).toEqual({ items: [], next: undefined });
  });

  test('takes the signs of query languages for what they are: not words', async () => {
    await given(published('rain or sun'));
    expect(await contentsFound(index, '"rain* AND (sun~2) -or')).toEqual([]);
    expect(await contentsFound(index, '+rain* (sun)')).toEqual(['rain or sun']);
  });

  test('shows an edited post in its place with its new words only', async () => {
    const first = published('rain at noon');
    await given(first, published('more rain'), later(first, { content: 'rain at midnight' }));
    expect(await contentsFound(index, 'rain')).toEqual(['more rain', 'rain at midnight']);
    expect(await contentsFound(index, 'noon')).toEqual([]);
  });

  test('finds a post by its new type after an edit that touched no word', async () => {
    const entry = published('harbour', { type: 'text' });
    await given(entry, later(entry, { type: 'photo' }));
    expect(await contentsFound(index, { text: 'harbour', type: 'photo' })).toEqual(['harbour']);
    expect(await contentsFound(index, { text: 'harbour', type: 'text' })).toEqual([]);
  });

  test('hides what is no longer published and shows it again when it is', async () => {
    const entry = published('now you see me');
    const hidden = later(entry, { visible: false });
    await given(entry, hidden);
    expect(await contentsFound(index, 'see me')).toEqual([]);
    await given(later(hidden, { visible: true }));
    expect(await contentsFound(index, 'see me')).toEqual(['now you see me']);
  });

  test('is changed by nothing late or repeated', async () => {
    const first = published('first words');
    const second = later(first, { content: 'second words' });
    await given(second, first, second);
    expect(await contentsFound(index, 'words')).toEqual(['second words']);
  });

  test('never shows a removed post again, whatever comes after', async () => {
    const entry = published('gone for good');
    const removed = later(entry, { visible: false, removed: true, version: 4 });
    await given(
      entry,
      removed,
      later(entry, { version: 3 }),
      entry,
      later(removed, { visible: true, removed: false }),
    );
    expect(await contentsFound(index, 'gone')).toEqual([]);
  });

  test('knows of a removal that came before everything else', async () => {
    const entry = published('never seen');
    await given(later(entry, { visible: false, removed: true }), entry);
    expect(await contentsFound(index, 'never')).toEqual([]);
  });

  test('lists what it knows, whether it shows it or not, but for what is removed', async () => {
    const shown = published('one');
    const edited = published('two');
    const hidden = published('three');
    const removed = published('four');
    await given(shown, edited, hidden, removed);
    await given(
      later(edited, { content: 'two again' }),
      later(hidden, { visible: false }),
      later(removed, { visible: false, removed: true }),
    );
    const { posts, next } = await index.listKnown(undefined);
    expect(next).toBeUndefined();
    expect(posts.toSorted((a, b) => (a.postId < b.postId ? -1 : 1))).toEqual(
      [shown, later(edited, {}), later(hidden, {})].map(({ postId, userId, type, timestamp, version }) => ({
        ...{ postId, userId, type, timestamp, version },
      })),
    );
  });

  test('tells what became of an entry', async () => {
    const entry = published('words');
    const hidden = later(entry, { visible: false });
    expect([await index.apply(entry), await index.apply(hidden), await index.apply(entry)]).toEqual([
      'shown',
      'hidden',
      'ignored',
    ]);
  });
};
