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

/** What became of an entry: the index shows it, hides the post, or already knew as much or more. */
export type IndexOutcome = 'shown' | 'hidden' | 'ignored';

/** What the index should know about an entry besides the entry. */
export interface ApplyOptions {
  /** An earlier attempt at this entry may have ended half way. */
  redelivered?: boolean | undefined;
  /** Names a rebuild: the entry is written anew even though the index already has this version. */
  rebuild?: string | undefined;
}

/**
 * The write side of search. Entries may come late, repeated and in any order; the index ends at each post's
 * highest version all the same. A rejection means: bring the entry again; nothing wrong is visible meanwhile.
 */
export interface SearchIndexWriter {
  apply(entry: IndexEntry, options?: ApplyOptions): Promise<IndexOutcome>;
}

/** A place in the results, newest first; plain data, so that a cursor can be made of it. */
export interface SearchPosition {
  timestamp: string;
  postId: string;
}

export interface SearchQuery {
  /** Every word has to occur; from three letters on, the last one may also begin a word. */
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

/** `next` is undefined on the last page. A page can hold fewer results than asked for and still have a next. */
export interface SearchPage {
  items: SearchResult[];
  next: SearchPosition | undefined;
}

/** The read side of search: published posts, newest first. */
export interface SearchIndexReader {
  search(query: SearchQuery): Promise<SearchPage>;
}

/** What is known of a post that can be found. */
export type ShownPost = Pick<Post, 'postId' | 'userId' | 'type' | 'timestamp' | 'version'>;

/**
 * Deletes what an index holds and nothing shows, as far as no attempt under way can still need it, from `after` on.
 * `next` is undefined at the end.
 */
export type SweepIndex = (
  after: string | undefined,
) => Promise<{ deleted: number; next: string | undefined }>;

/** Lists what the index shows, in any order, from `after` on; `next` is undefined at the end. */
export type ListShown = (
  after: string | undefined,
) => Promise<{ posts: ShownPost[]; next: string | undefined }>;
