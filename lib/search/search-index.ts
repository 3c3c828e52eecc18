import type * as z from 'zod';
import type { PostEvent } from '#lib/events/post-event.ts';
import { Post, type PostType } from '#lib/posts/post.ts';
import type { Snippet } from './snippet.ts';

/** What an index knows of a post, whether it shows it or not. */
export const KnownPost = Post.pick({
  postId: true,
  userId: true,
  type: true,
  timestamp: true,
  version: true,
});
export type KnownPost = z.infer<typeof KnownPost>;

/** A post at one version, as the index has to show it or not. */
export interface IndexEntry extends KnownPost {
  content: string;
  /** Only what is published can be found. */
  visible: boolean;
  /** Final: no later event restores the post. */
  removed: boolean;
}

export const entryOfPost = (post: Post): IndexEntry => ({
  ...KnownPost.parse(post),
  content: post.content,
  visible: post.status === 'published',
  removed: false,
});

export const entryOfEvent = ({ eventType, contentType: type, ...event }: PostEvent): IndexEntry => {
  const removed = eventType === 'REMOVE';
  return {
    ...KnownPost.parse({ ...event, type }),
    content: event.content,
    visible: !removed && event.status === 'published',
    removed,
  };
};

/**
 * How long a tombstone outlives its post. The latest that an event can come by itself is 29 days: 24 hours in the
 * stream, 14 days until the end of a dead-letter queue, and 14 again after a redrive from there. For what is older, the
 * index is rebuilt.
 */
export const TOMBSTONE_DAYS = 90;

/** The index shows the post, hides it, or already knew a later version. */
export type IndexOutcome = 'shown' | 'hidden' | 'ignored';

/**
 * The write side of search. Entries may come late, repeated and in any order; the index ends at each post's highest
 * version, and a removed post never comes back.
 */
export interface SearchIndexWriter {
  /** A rejection means: deliver the entry again. Nothing wrong is visible meanwhile. */
  apply(entry: IndexEntry): Promise<IndexOutcome>;
}

/** A place in the results. */
export type SearchPosition = Pick<Post, 'timestamp' | 'postId'>;

export interface SearchQuery {
  /** Every word has to occur. */
  text: string;
  type?: PostType | undefined;
  userId?: string | undefined;
  /** The most results on the page. */
  limit: number;
  after?: SearchPosition | undefined;
}

export interface SearchResult extends KnownPost {
  content: string;
  snippet: Snippet;
}

/** `next` is undefined on the last page. A page that has a `next` is never empty. */
export interface SearchPage {
  items: SearchResult[];
  next: SearchPosition | undefined;
}

/** The read side of search: published posts, newest first. */
export interface SearchIndexReader {
  search(query: SearchQuery): Promise<SearchPage>;
}

/** The posts that the index knows, but for removed ones, in any order; `next` is undefined at the end. */
export type ListKnown = (
  after: string | undefined,
) => Promise<{ posts: KnownPost[]; next: string | undefined }>;
