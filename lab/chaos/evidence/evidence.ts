import type { Interruption, Seen } from '../proxy/journal.ts';
import type { Device, Taken } from '../push-endpoint.ts';
import type { AcceptedChange, Intent } from '../traffic/accepted.ts';

/** A post as the table or the stream holds it; what breaks the contract has holes. */
export interface PostImage {
  postId: string;
  userId?: string | undefined;
  content?: string | undefined;
  type?: string | undefined;
  status?: string | undefined;
  version?: number | undefined;
  moderation?: { decision: string; reviewedVersion: number } | undefined;
}

/** A record of the table's stream: what really happened, in order. */
export interface ChangeRecord {
  eventId: string;
  before: PostImage | undefined;
  after: PostImage | undefined;
}

/** What the search index holds of a post. */
export interface IndexState {
  postId: string;
  version: number;
  content: string;
  type: string;
  visible: boolean;
  removed: boolean;
  words: string[];
}

/** A hint of the search index: that some version of a post held a word. */
export interface IndexHint {
  postId: string;
  word: string;
}

export interface NotificationRecord {
  notificationId: string;
  userId: string;
  postId: string;
  version: number;
  kind: string;
}

/** A subscriber with what it asked the topic for. */
export interface SubscriberFacts {
  name: string;
  /** The name of its queue. */
  queue: string;
  filterPolicy: unknown;
}

/** Something that waits for an operator. */
export interface Waiting {
  source: 'stream' | 'parked' | 'queue' | 'subscription';
  /** The logical id of the mapping or dead-letter queue. */
  place: string;
  /** The subscriber's queue; undefined for what the broadcaster or its mapping gave up. */
  queue: string | undefined;
  reason: string;
  /** What is in it: event ids; none for a message that is no event. */
  eventIds: string[];
  /** Of a message in a dead-letter queue: the id that it had in its subscriber's queue, too. */
  messageId: string | undefined;
  /** Of a message that is no event. */
  body: string | undefined;
}

/** Everything that a run left behind, as plain data. */
export interface Evidence {
  accepted: readonly AcceptedChange[];
  intents: readonly Intent[];
  poison: readonly string[];
  junk: readonly { queue: string; body: string }[];
  changes: readonly ChangeRecord[];
  /** How many of them there were before anything was redriven. */
  changesBeforeRedrive: number;
  posts: readonly PostImage[];
  index: { states: readonly IndexState[]; hints: readonly IndexHint[] };
  /** Posts that were searched for by the public API, each by a word of its own, and what was found. */
  searches: readonly {
    postId: string;
    word: string;
    found: readonly { postId: string; content: string }[];
  }[];
  notifications: readonly NotificationRecord[];
  /** Their ids, each as often as it was written. */
  notificationWrites: readonly string[];
  devices: readonly Device[];
  taken: readonly Taken[];
  /** What may have kept a sender from remembering that it had sent, kills among them. */
  pushInterruptions: readonly Interruption[];
  subscribers: readonly SubscriberFacts[];
  seen: readonly Seen[];
  /** Before anything was redriven: `<queue> <eventId>` of what functions were done with, and what waited. */
  handled: ReadonlySet<string>;
  /** Alike, as `<queue> <messageId>`: an event that was published again has several messages. */
  handledMessages: ReadonlySet<string>;
  /** As `handled`: what functions were done with, and whose deletion from the queue may have had no effect. */
  perhapsHandled: ReadonlySet<string>;
  /** The same at the end. */
  handledAtEnd: ReadonlySet<string>;
  /** What outlived its queue's retention, alike: gone from the queue, and repaired from the table. */
  expired: ReadonlySet<string>;
  /** Reviews were replayed and the index was rebuilt, from the table as it was in the end. */
  isRepaired: boolean;
  waiting: readonly Waiting[];
  /** After the redrive: what still waits. */
  waitingAfterRedrive: readonly Waiting[];
  /** Functions crashed, hung or were killed: what they did not log, nobody can. */
  lostLogs: boolean;
  /** At the end. */
  left: { iteratorAgeIsZero: boolean; inQueues: readonly { queue: string; messages: number }[] };
}
