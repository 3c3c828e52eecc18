import { type Client, errors } from '@opensearch-project/opensearch';
import * as z from 'zod';
import { Post } from '#lib/posts/post.ts';
import type { IndexEntry } from '../search-index.ts';
import { indexedWords } from '../words.ts';
import { isMissingIndex, withRetry } from './client.ts';

/** An alias: writes insist on one, so that no index is ever made by a write, with a mapping that is guessed. */
export const POSTS = 'posts';
const INDEX = 'posts-1';

/**
 * How posts are indexed. Words are cut by this service, not by an analyzer of the engine: both adapters find the
 * same posts, and no plugin for scripts without spaces is needed.
 */
const MAPPING = {
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
} as const;

/**
 * Makes the index, or brings its mapping up to what is needed.
 * @throws with the engine's reason when the mapping is another one: the index has to be made anew, and rebuilt
 */
export const ensurePostsIndex = async (client: Client): Promise<void> => {
  try {
    await withRetry(() => client.indices.putMapping({ index: POSTS, body: MAPPING }));
  } catch (error) {
    if (!isMissingIndex(error)) throw error;
    // None of a single node's replicas could ever be placed.
    const settings = { number_of_shards: 1, auto_expand_replicas: '0-1' };
    const body = { aliases: { [POSTS]: {} }, settings, mappings: MAPPING };
    await client.indices.create({ index: INDEX, body }).catch(unlessMadeMeanwhile);
  }
};

const unlessMadeMeanwhile = (error: unknown): void => {
  const type = error instanceof errors.ResponseError && error.body?.error?.type;
  if (type !== 'resource_already_exists_exception') throw error;
};

/** A post as the index holds it. What cannot be found has neither words nor text there. */
export const PostDocument = Post.pick({
  postId: true,
  userId: true,
  type: true,
  timestamp: true,
  version: true,
}).extend({
  visible: z.boolean(),
  content: z.string(),
  words: z.array(z.string()),
  /** Where in the content each of the words stands first, in UTF-16 code units. */
  offsets: z.array(z.int()),
  /** ISO 8601; only a tombstone has it. */
  removedAt: z.string().optional(),
});
export type PostDocument = z.infer<typeof PostDocument>;

/** The documents in the answer to a search. */
export const documentsIn = (answer: unknown): PostDocument[] =>
  Answer.parse(answer).body.hits.hits.map(({ _source }) => _source);
const Answer = z.object({
  body: z.object({ hits: z.object({ hits: z.array(z.object({ _source: PostDocument })) }) }),
});

/** @param now milliseconds of the epoch */
export const documentOf = ({ removed, content, ...entry }: IndexEntry, now: number): PostDocument => ({
  ...entry,
  ...(entry.visible ? { content, ...indexedWords(content) } : { content: '', words: [], offsets: [] }),
  ...(removed && { removedAt: new Date(now).toISOString() }),
});
