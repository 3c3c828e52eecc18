import * as z from 'zod';
import { PostId, PostType } from '#lib/posts/post.ts';
import { UserId } from '#lib/posts/user-id.ts';
import type { IndexEntry } from '../search-index.ts';
import { indexedWords } from '../words.ts';

export const INDEX = 'posts';

/** Before the first post there is no index, and that is no failure. */
export const SEARCH = {
  method: 'POST',
  path: `/${INDEX}/_search`,
  query: { ignore_unavailable: 'true' },
} as const;

/**
 * How posts are indexed. Words are cut by this service, not by an analyzer of the engine: both adapters find the
 * same posts, and no plugin for scripts without spaces is needed.
 */
export const INDEX_TEMPLATE = {
  index_patterns: [INDEX],
  template: {
    settings: {
      number_of_shards: 1,
      // None on a domain of one node, where a replica could never be placed.
      auto_expand_replicas: '0-1',
    },
    mappings: {
      dynamic: 'strict',
      properties: {
        postId: { type: 'keyword' },
        userId: { type: 'keyword' },
        type: { type: 'keyword' },
        timestamp: { type: 'date' },
        version: { type: 'long' },
        visible: { type: 'boolean' },
        words: { type: 'keyword' },
        offsets: { type: 'integer', index: false, doc_values: false },
        content: { type: 'keyword', index: false, doc_values: false },
        removedAt: { type: 'date' },
      },
    },
  },
};

/** A post as the index holds it. What cannot be found has neither words nor text there. */
export const PostDocument = z.object({
  postId: PostId,
  userId: UserId,
  type: PostType,
  timestamp: z.string(),
  version: z.int(),
  visible: z.boolean(),
  words: z.array(z.string()),
  offsets: z.array(z.int()),
  content: z.string(),
  /** ISO 8601; only a tombstone has it. */
  removedAt: z.string().optional(),
});
export type PostDocument = z.infer<typeof PostDocument>;

/** @param now milliseconds of the epoch */
export const documentOf = (entry: IndexEntry, now: number): PostDocument => ({
  postId: entry.postId,
  userId: entry.userId,
  type: entry.type,
  timestamp: entry.timestamp,
  version: entry.version,
  visible: entry.visible,
  ...(entry.visible ? indexedWords(entry.content) : { words: [], offsets: [] }),
  content: entry.visible ? entry.content : '',
  ...(entry.removed ? { removedAt: new Date(now).toISOString() } : {}),
});
