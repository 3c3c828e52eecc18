import * as z from 'zod';
import type { Post } from '#lib/posts/post.ts';
import { entryOfPost, type KnownPost, type ListKnown, type SearchIndexWriter } from './search-index.ts';

/** All posts of the table, in any order; `next` is undefined at the end. */
export type ListPosts = (after: string | undefined) => Promise<{ posts: Post[]; next: string | undefined }>;

/** Where a rebuild continues: after the last post that was written or read. */
export const RebuildPosition = z.object({
  phase: z.enum(['write', 'look-up']),
  after: z.string().optional(),
});
export type RebuildPosition = z.infer<typeof RebuildPosition>;

export interface RebuildProgress {
  /** Posts written into the index. */
  written: number;
  /** Posts that the index knew although they are gone. */
  removed: number;
  /** Undefined when the rebuild is done. */
  next: RebuildPosition | undefined;
}

interface Ports {
  listPosts: ListPosts;
  /** Strongly consistent. */
  find: (postId: string) => Promise<Post | undefined>;
  listKnown: ListKnown;
  index: SearchIndexWriter;
  /** False when it is time to stop and go on in another call. */
  hasTime: () => boolean;
}

const CONCURRENCY = 10;

/**
 * Rebuilds the index from the table while events keep coming: first all posts are written, through the gate that events
 * go through too; then what the index knows and the table does not have is removed.
 * Each call does a page at least, and may be repeated from the same position.
 */
export const rebuildIndex = async (
  { listPosts, find, listKnown, index, hasTime }: Ports,
  from: RebuildPosition = { phase: 'write' },
): Promise<RebuildProgress> => {
  const progress = { written: 0, removed: 0 };

  const write = async (post: Post): Promise<void> => {
    if ((await index.apply(entryOfPost(post))) !== 'ignored') progress.written += 1;
  };
  const removeIfGone = async (known: KnownPost): Promise<void> => {
    if (await find(known.postId)) return;
    const version = known.version + 1;
    await index.apply({ ...known, version, content: '', visible: false, removed: true });
    progress.removed += 1;
  };

  /** @returns where the next page begins */
  const doPage = async ({ phase, after }: RebuildPosition): Promise<RebuildPosition | undefined> => {
    if (phase === 'write') {
      const { posts, next } = await listPosts(after);
      await sideBySide(posts, write);
      return next === undefined ? { phase: 'look-up' } : { phase, after: next };
    }
    const { posts, next } = await listKnown(after);
    await sideBySide(posts, removeIfGone);
    return next === undefined ? undefined : { phase, after: next };
  };

  let position = await doPage(from);
  while (position && hasTime()) position = await doPage(position);
  return { ...progress, next: position };
};

const sideBySide = async <Item>(items: readonly Item[], work: (item: Item) => Promise<void>) => {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
};
