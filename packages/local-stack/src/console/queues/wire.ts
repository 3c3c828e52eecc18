/** A queue of the template. */
export interface QueueView {
  id: string;
  visible: number;
  hidden: number;
  delayed: number;
  /** The logical id of the queue that takes what this one gives up. */
  deadLetterQueue?: string;
  /** The queues, and subscriptions' queues, whose messages end here. */
  takesFrom: string[];
  /** Logical ids of the functions that read it. */
  readBy: string[];
}

/** A bucket that receives given-up stream batches. */
export interface FailureBucketView {
  id: string;
  /** Logical ids of the mappings that tell it. */
  toldBy: string[];
  objects: number;
}

export interface QueuesView {
  queues: QueueView[];
  buckets: FailureBucketView[];
}

/** A message in its queue: reading it this way changes nothing. Times are Unix milliseconds. */
export interface MessageView {
  id: string;
  body: string;
  attributes: { name: string; value: string }[];
  state: 'visible' | 'hidden' | 'delayed';
  /** When an in-flight message becomes visible again. */
  visibleAt?: number;
  sentAt: number;
  /** How often it was received, in the queue that gave it up too. */
  receives: number;
  /** Why it was not handled; absent when nothing is remembered of it. */
  cause?: string;
}

export interface MessagesView {
  messages: MessageView[];
  /** How many there are; the list is cut at 500. */
  total: number;
}

export interface FailureObjectView {
  key: string;
  at: number;
  bytes: number;
  cause: string;
  json: unknown;
  /** The function that its batch can be handed to again. */
  functionId?: string;
}
