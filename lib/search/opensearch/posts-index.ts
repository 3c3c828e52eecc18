import { type Client, errors } from '@opensearch-project/opensearch';
import * as z from 'zod';
import { type IndexEntry, KnownPost } from '../search-index.ts';
import { indexedWords } from '../words.ts';
import { isMissingIndex, withRetry } from './client.ts';

/** An alias: writes require one, so that none of them makes an index with a guessed mapping. */
export const POSTS = 'posts';
const INDEX = 'posts-1';

/** Words are cut by this service and not by an analyzer, so that both engines find the same posts. */
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

/** Creates the index, or adds to its mapping what it lacks. @throws when the mapping is incompatible */
export const ensurePostsIndex = async (client: Client): Promise<void> => {
  try {
    await withRetry(() => client.indices.putMapping({ index: POSTS, body: MAPPING }));
  } catch (error) {
    if (!isMissingIndex(error)) throw error;
    // A single node cannot hold replicas.
    const settings = { number_of_shards: 1, auto_expand_replicas: '0-1' };
    const body = { aliases: { [POSTS]: {} }, settings, mappings: MAPPING };
    await client.indices.create({ index: INDEX, body }).catch(unlessMadeMeanwhile);
  }
};

const unlessMadeMeanwhile = (error: unknown): void => {
  const type = error instanceof errors.ResponseError && error.body?.error?.type;
  if (type !== 'resource_already_exists_exception') throw error;
};

/** A post as the index holds it. What is not visible has neither words nor text. */
export const PostDocument = KnownPost.extend({
  visible: z.boolean(),
  content: z.string(),
  words: z.array(z.string()),
  /** The first position of each word in the content, in UTF-16 code units. */
  offsets: z.array(z.int()),
  /** ISO 8601; only a tombstone has it. */
  removedAt: z.string().optional(),
});
export type PostDocument = z.infer<typeof PostDocument>;

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
