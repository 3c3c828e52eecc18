import * as z from '#lib/platform/zod.ts';
import type { Post } from '#lib/posts/post.ts';
import {
  entryOfPost,
  type ListShown,
  type SearchIndexWriter,
  type ShownPost,
  type SweepIndex,
} from './search-index.ts';

/** Lists all posts of the table, in any order, from `after` on; `next` is undefined at the end. */
export type ListPosts = (after: string | undefined) => Promise<{ posts: Post[]; next: string | undefined }>;

const PHASES = ['posts', 'leftovers', 'orphans'] as const;

/** Where a rebuild goes on. `rebuild` names it; `after` is the last place it finished with, if any. */
export const RebuildPosition = z.object({
  rebuild: z.string().check(z.minLength(1)),
  phase: z.enum(PHASES),
  after: z.optional(z.string()),
});
export type RebuildPosition = z.infer<typeof RebuildPosition>;

/** How far a rebuild came. `next` is undefined when it is done. */
export interface RebuildProgress {
  /** Posts written anew into the index. */
  written: number;
  /** Posts that the index showed although they are gone. */
  removed: number;
  /** Items of the index that nothing showed. */
  swept: number;
  next: RebuildPosition | undefined;
}

interface Ports {
  listPosts: ListPosts;
  /** Strongly consistent. */
  find: (postId: string) => Promise<Post | undefined>;
  listShown: ListShown;
  sweep: SweepIndex;
  index: SearchIndexWriter;
  /** False when it is time to stop and go on in another call. */
  hasTime: () => boolean;
}

/** Posts worked on side by side. */
const CONCURRENCY = 10;

/**
 * Builds the index again from the table while events keep coming. Every write goes through the gate that events go
 * through: a post that an event has brought further is left alone, and a tombstone stays. First all posts are
 * written; then what the index shows and the table does not have, because its removal was lost, is removed; at last what
 * the index holds and nothing shows is swept out.
 * Each call gets on by a page at least. One that stops half way may be made again from the same position.
 */
export const rebuildIndex = async (
  { listPosts, find, listShown, sweep, index, hasTime }: Ports,
  from: RebuildPosition,
): Promise<RebuildProgress> => {
  const { rebuild } = from;
  const progress = { written: 0, removed: 0, swept: 0 };

  const write = async (post: Post): Promise<void> => {
    const outcome = await index.apply(entryOfPost(post), { rebuild, redelivered: true });
    if (outcome !== 'ignored') progress.written += 1;
  };
  const removeIfGone = async (shown: ShownPost): Promise<void> => {
    if (await find(shown.postId)) return;
    const version = shown.version + 1;
    await index.apply({ ...shown, version, content: '', visible: false, removed: true });
    progress.removed += 1;
  };

  /** One page of each phase; gives back where the next page begins. */
  const steps: Record<RebuildPosition['phase'], (after?: string) => Promise<string | undefined>> = {
    async posts(after) {
      const { posts, next } = await listPosts(after);
      await sideBySide(posts, write);
      return next;
    },
    async leftovers(after) {
      const { posts, next } = await listShown(after);
      await sideBySide(posts, removeIfGone);
      return next;
    },
    async orphans(after) {
      const { deleted, next } = await sweep(after);
      progress.swept += deleted;
      return next;
    },
  };

  const following = async ({ phase, after }: RebuildPosition): Promise<RebuildPosition | undefined> => {
    const place = await steps[phase](after);
    if (place !== undefined) return { rebuild, phase, after: place };
    const nextPhase = PHASES[PHASES.indexOf(phase) + 1];
    return nextPhase && { rebuild, phase: nextPhase };
  };

  let position = await following(from);
  while (position && hasTime()) position = await following(position);
  return { ...progress, next: position };
};

const sideBySide = async <Item>(items: readonly Item[], work: (item: Item) => Promise<void>) => {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
};
