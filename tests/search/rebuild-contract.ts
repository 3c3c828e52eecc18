import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { scanPosts } from '#functions/rebuild-search/rebuild-search.ts';
import type { Post } from '#lib/posts/post.ts';
import { type RebuildPosition, rebuildIndex } from '#lib/search/rebuild.ts';
import { entryOfPost, type SearchIndexWriter } from '#lib/search/search-index.ts';
import { aPost, changed } from '#tests/support/events.ts';
import { type StoredPosts, storedPosts } from '#tests/support/posts.ts';
import { createTable, type TestDynamoDb } from '#tests/support/tables.ts';
import type { Index } from './contract.ts';

/** What the tests of an engine's own have of the contract's. */
export interface Rebuilding {
  posts: StoredPosts;
  index: Index;
  rebuild: () => ReturnType<typeof rebuildIndex>;
  /** A published post in the table and in the index. */
  indexed: (content: string) => Promise<Post>;
  /** What the posts say that a search finds. */
  found: (text: string) => Promise<string[]>;
}

/**
 * What a rebuild has to do with every adapter of search.
 * @param dynamoDb holds the posts; asked for in each test
 * @param open an empty index
 */
export const rebuildContract = (
  dynamoDb: () => TestDynamoDb,
  open: () => Promise<Index>,
): (() => Rebuilding) => {
  let postsTable: string;
  let posts: StoredPosts;
  let index: Index;
  beforeEach(async () => {
    postsTable = await createTable(dynamoDb().client, 'PostsTable');
    posts = storedPosts(dynamoDb().client, postsTable);
    index = await open();
  });

  /** Items of the table that rebuilds left out. */
  let broken: string[] = [];
  const rebuild = (
    from?: RebuildPosition,
    overrides: { hasTime?: () => boolean; index?: SearchIndexWriter } = {},
  ) =>
    rebuildIndex(
      {
        listPosts: scanPosts(dynamoDb().client, postsTable, (postId) => broken.push(postId)),
        find: posts.find,
        listKnown: index.listKnown,
        index,
        hasTime: () => true,
        ...overrides,
      },
      from,
    );

  const stored = async (content: string, more: Partial<Post> = {}): Promise<Post> => {
    const post = aPost({ content, ...more });
    await posts.add(post, 'request');
    return post;
  };
  const indexed = async (content: string, more: Partial<Post> = {}): Promise<Post> => {
    const post = await stored(content, more);
    await index.apply(entryOfPost(post));
    return post;
  };
  const removalOf = (post: Post) => ({
    ...entryOfPost(post),
    version: post.version + 1,
    visible: false,
    removed: true,
  });

  const found = async (text: string): Promise<string[]> => {
    const { items } = await index.search({ text, limit: 50 });
    return items.map(({ content }) => content).toSorted();
  };
  describe('a rebuild of the search index', () => {
    test('fills an empty index with what is published, and with nothing else', async () => {
      await stored('rain one');
      await stored('rain two');
      await stored('rain draft', { status: 'draft' });
      await stored('rain flagged', { status: 'flagged' });
      expect(await rebuild()).toMatchObject({ next: undefined, removed: 0 });
      expect(await found('rain')).toEqual(['rain one', 'rain two']);
    });

    test('leaves out what breaks the contract, says so, and goes on', async () => {
      broken = [];
      await stored('rain one');
      await dynamoDb().client.send(
        new PutCommand({ TableName: postsTable, Item: { postId: 'poison', content: 'rain' } }),
      );
      expect(await rebuild()).toMatchObject({ next: undefined, written: 1 });
      expect(broken).toEqual(['poison']);
      expect(await found('rain')).toEqual(['rain one']);
    });

    test('catches up with changes whose events were lost', async () => {
      const edited = await indexed('rain one');
      const unpublished = await indexed('rain two');
      const removed = await indexed('rain three');
      await posts.replace(changed(edited, { content: 'sun one' }), 'request');
      await posts.replace(changed(unpublished, { status: 'draft' }), 'request');
      await posts.remove(removed.postId, 1);
      expect(await rebuild()).toMatchObject({ removed: 1 });
      expect(await found('rain')).toEqual([]);
      expect(await found('sun')).toEqual(['sun one']);
    });

    test('takes nothing back that an event brought while the rebuild was under way', async () => {
      const edited = await indexed('rain one');
      const removed = await indexed('rain two');
      const unpublished = await indexed('rain three');
      // The rebuild has read the posts; before it writes them, events overtake it.
      const overtaken: SearchIndexWriter = {
        async apply(entry) {
          const events = {
            [edited.postId]: entryOfPost(changed(edited, { content: 'sun one' })),
            [removed.postId]: removalOf(removed),
            [unpublished.postId]: entryOfPost(changed(unpublished, { status: 'draft' })),
          };
          const event = events[entry.postId];
          if (event) await index.apply(event);
          return index.apply(entry);
        },
      };
      await rebuild(undefined, { index: overtaken });
      expect(await found('rain')).toEqual([]);
      expect(await found('sun')).toEqual(['sun one']);
    });

    test('changes nothing for events that are still to come, in whichever order', async () => {
      const post = await indexed('rain one');
      const second = changed(post, { content: 'rain two' });
      const third = changed(second, { content: 'sun three' });
      await posts.replace(second, 'request');
      await posts.replace(third, 'request');
      await rebuild();
      for (const late of [second, post, third]) await index.apply(entryOfPost(late));
      expect(await found('rain')).toEqual([]);
      expect(await found('sun')).toEqual(['sun three']);
    });

    test('never brings back what it removed, even if an older event comes after it', async () => {
      const post = await indexed('rain one');
      await posts.remove(post.postId, 1);
      await rebuild();
      await index.apply({ ...entryOfPost(changed(post, { content: 'rain later' })), version: 9 });
      expect(await found('rain')).toEqual([]);
    });

    test('stops when its time is over, not before it got on by a page, and goes on from there', async () => {
      for (let number = 0; number < 5; number += 1) await stored(`rain ${number}`);
      const gone = await indexed('rain gone');
      await posts.remove(gone.postId, 1);
      const first = await rebuild(undefined, { hasTime: () => false });
      expect(first).toMatchObject({ written: 5, removed: 0, next: { phase: 'look-up' } });
      const second = await rebuild(first.next, { hasTime: () => false });
      expect(second).toEqual({ written: 0, removed: 1, next: undefined });
      expect(await found('rain')).toEqual(['rain 0', 'rain 1', 'rain 2', 'rain 3', 'rain 4']);
    });
  });

  return () => ({ posts, index, rebuild, indexed, found });
};
