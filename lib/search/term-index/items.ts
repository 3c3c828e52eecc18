import type { NativeAttributeValue } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { Post } from '#lib/posts/post.ts';
import { type IndexEntry, KnownPost, type SearchPosition } from '../search-index.ts';

/** What the index shows of a post; a tombstone when the post is removed. Key: `post#<postId>`, `state`. */
export const State = KnownPost.extend({
  visible: z.boolean(),
  removed: z.boolean(),
  /** Empty when the post is not visible, as are its words. */
  content: z.string(),
  words: z.array(z.string()),
  /** The first position of each word in the content, in UTF-16 code units. */
  offsets: z.array(z.int()),
  /** Of a tombstone: when it may go, in seconds of the epoch. */
  expiresAt: z.int().optional(),
});
export type State = z.infer<typeof State>;

/** The words of a version's hints, for the post's removal. Key: `post#<postId>`, `hints#<version>`. */
export const HintList = Post.pick({ type: true }).extend({ sk: z.string(), words: z.set(z.string()) });
export type HintList = z.infer<typeof HintList>;

export type Key = { pk: string; sk: string };
export type Item = Record<string, NativeAttributeValue>;

export const HINT_LISTS = 'hints#';
export const postPartition = (postId: string): string => `post#${postId}`;
export const stateKey = (postId: string): Key => ({ pk: postPartition(postId), sk: 'state' });
export const hintListKey = ({ postId, version }: Pick<Post, 'postId' | 'version'>): Key => ({
  pk: postPartition(postId),
  sk: `${HINT_LISTS}${version}`,
});

export const wordPartition = (word: string): string => `word#${word}`;

/** A post's position in the results; positions sort by time. */
export const encodePosition = ({ timestamp, postId }: SearchPosition): string =>
  `${new Date(timestamp).toISOString()}#${postId}`;
/** Also of a hint's sort key, which begins with the position. */
export const decodePosition = (text: string): SearchPosition => {
  const [timestamp = '', postId = ''] = text.split('#');
  return { timestamp, postId };
};

/** A hint says that some version of the post, of this type, contained the word. */
export const hintKey = (word: string, post: Pick<Post, 'postId' | 'timestamp' | 'type'>): Key => ({
  pk: wordPartition(word),
  sk: `${encodePosition(post)}#${post.type}`,
});

/** Repeats the type, because a filter cannot name an attribute of the key. */
export const hintOf = (word: string, entry: IndexEntry) => ({
  ...hintKey(word, entry),
  userId: entry.userId,
  type: entry.type,
});
