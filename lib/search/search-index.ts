import type { PostEvent } from '#lib/events/post-event.ts';
import type { Post, PostType } from '#lib/posts/post.ts';
import type { Snippet } from './snippet.ts';

/** A post at one version, as the index has to show it or not. */
export interface IndexEntry
  extends Pick<Post, 'postId' | 'userId' | 'type' | 'timestamp' | 'content' | 'version'> {
  /** Only what is published can be found. */
  visible: boolean;
  /** Gone for good: nothing that comes later brings it back. */
  removed: boolean;
}

/** What an event says about the index. */
export const entryOfEvent = (event: PostEvent): IndexEntry => {
  const removed = event.eventType === 'REMOVE';
  return {
    postId: event.postId,
    userId: event.userId,
    type: event.contentType,
    timestamp: event.timestamp,
    content: event.content,
    version: event.version,
    visible: !removed && event.status === 'published',
    removed,
  };
};

/** What a post as it stands in its table says about the index. */
export const entryOfPost = ({
  postId,
  userId,
  type,
  timestamp,
  content,
  version,
  status,
}: Post): IndexEntry => ({
  ...{ postId, userId, type, timestamp, content, version },
  visible: status === 'published',
  removed: false,
});

/**
 * How long a tombstone outlives its post. The latest an event can come by itself: 24 hours in the stream, 14 days
 * in queue and dead-letter queue (a message keeps its age when it moves to the dead-letter queue), and after a
 * redrive from there up to 14 days again: 29 days. What is brought back from the failures bucket later than
 * 60 days after the fact belongs into a rebuild of the index, not into the topic.
 */
export const TOMBSTONE_DAYS = 90;

/** What became of an entry: the index shows it, hides the post, or already knew a later version. */
export type IndexOutcome = 'shown' | 'hidden' | 'ignored';

/**
 * The write side of search. Entries may come late, repeated and in any order; the index ends at each post's highest
 * version all the same, and a removed post never comes back. The version that is there already is written again, which
 * heals what was lost of it.
 * A rejection means: bring the entry again; nothing wrong is visible meanwhile.
 */
export interface SearchIndexWriter {
  apply(entry: IndexEntry): Promise<IndexOutcome>;
}

/** A place in the results, newest first; plain data, so that a cursor can be made of it. */
export interface SearchPosition {
  timestamp: string;
  postId: string;
}

export interface SearchQuery {
  /** Every word has to occur. */
  text: string;
  type?: PostType | undefined;
  userId?: string | undefined;
  /** The most results on the page. */
  limit: number;
  after?: SearchPosition | undefined;
}

export interface SearchResult
  extends Pick<Post, 'postId' | 'userId' | 'type' | 'timestamp' | 'content' | 'version'> {
  snippet: Snippet;
}

/** `next` is undefined on the last page, and on no other. A page that has a `next` is never empty. */
export interface SearchPage {
  items: SearchResult[];
  next: SearchPosition | undefined;
}

/** The read side of search: published posts, newest first. */
export interface SearchIndexReader {
  search(query: SearchQuery): Promise<SearchPage>;
}

/** What the index knows of a post, whether it shows it or not. */
export type KnownPost = Pick<Post, 'postId' | 'userId' | 'type' | 'timestamp' | 'version'>;

/** Lists the posts that the index knows, but for removed ones, in any order, from `after` on; `next` is undefined at the end. */
export type ListKnown = (
  after: string | undefined,
) => Promise<{ posts: KnownPost[]; next: string | undefined }>;
