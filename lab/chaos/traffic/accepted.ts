import type { PostType } from './story.ts';

/** A change that the service said it has made: it has to be there in the end. */
export interface AcceptedChange {
  marker: string;
  postId: string;
  /** What the answer said; undefined for a removal. */
  version: number | undefined;
  content: string | undefined;
  type: string | undefined;
  /** The version that a removal named: the only one that it may remove. */
  removes?: number;
}

/** What the author of a story means his post to be in the end, as far as the service accepted it. */
export interface Intent {
  marker: string;
  author: string;
  postId: string;
  removed: boolean;
  content: string;
  type: PostType;
  /** Moderation may have the last word: it flags, and only an edit lifts that. */
  status: 'draft' | 'published';
}

/** What the traffic remembers. */
export interface TrafficRecord {
  accepted: AcceptedChange[];
  intents: Intent[];
  /** Post ids of items that break the contract. */
  poison: string[];
  /** Bodies of messages that no subscriber can read, by queue's logical id. */
  junk: { queue: string; body: string }[];
  /** Requests that clients had to make again. */
  retries: number;
}

export const newTrafficRecord = (): TrafficRecord => ({
  accepted: [],
  intents: [],
  poison: [],
  junk: [],
  retries: 0,
});
