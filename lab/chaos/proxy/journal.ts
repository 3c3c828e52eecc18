import { z } from 'zod';
import type { Answer, Call } from '../../../packages/local-stack/src/engine-proxy/proxy.ts';
import { writesOfStatements } from '../../../packages/local-stack/src/partiql.ts';

/** A message as it was handed to a subscriber's function. */
export interface Seen {
  /** The name of the queue. */
  queue: string;
  messageId: string;
  /** Undefined for a body that is no event. */
  event: { eventId: string; postId: string; version: number } | undefined;
}

/** Something that ended a call of the push function, or all of it, before its end. */
export interface Interruption {
  /** Unix milliseconds: when it began, and when nothing that it ended could go on any more. */
  from: number;
  to: number;
  what: string;
}

/** What happened at the proxy, in order. */
export interface Journal {
  /** Faults that were done, by kind. */
  faults: Map<string, number>;
  /** Every hand-out of a message to a function. */
  seen: Seen[];
  /** Messages that a function was done with and that left their queue for it, as `<queue> <eventId>`. */
  handled: Set<string>;
  /** The same messages, as `<queue> <messageId>`: an event that was published again has several. */
  handledMessages: Set<string>;
  /**
   * As `handled`, but also those whose deletion may have had no effect: it came when the message was visible again, or
   * the stack was killed meanwhile.
   */
  perhapsHandled: Set<string>;
  /** Messages that outlived the retention of their queue, alike. */
  expired: Set<string>;
  /** The ids of notifications, each as often as it was written. */
  notificationWrites: string[];
  /** What kept the push function from remembering that it had sent. */
  pushInterruptions: Interruption[];
  /** Stream records that were handed to the event source mapping. */
  recordsRead: number;
}

export const newJournal = (): Journal => ({
  faults: new Map(),
  seen: [],
  handled: new Set(),
  handledMessages: new Set(),
  perhapsHandled: new Set(),
  expired: new Set(),
  notificationWrites: [],
  pushInterruptions: [],
  recordsRead: 0,
});

export const count = (journal: Journal, fault: string, times = 1): void => {
  journal.faults.set(fault, (journal.faults.get(fault) ?? 0) + times);
};

const EventBody = z.object({
  eventId: z.string(),
  postId: z.string(),
  version: z.number(),
  content: z.string(),
});

/** What a message body says of its event; undefined when it is none. */
export const eventOfBody = (body: string): z.infer<typeof EventBody> | undefined => {
  try {
    const parsed = EventBody.safeParse(JSON.parse(body));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // Junk is what it is meant to be.
    return undefined;
  }
};

const NotificationItem = z.object({ notificationId: z.object({ S: z.string() }) });
const Put = z.object({ Item: z.unknown() });

/** The items that a call put, in DynamoDB's JSON. */
const putItems = (name: string, { requestBody }: Call, { responseBody }: Answer): unknown[] => {
  if (name === 'PutItem') return [Put.parse(JSON.parse(requestBody.toString())).Item];
  if (name !== 'BatchExecuteStatement') return [];
  return writesOfStatements(requestBody.toString(), responseBody.toString())
    .filter(({ operation, refused }) => operation === 'Put' && !refused)
    .map(({ item }) => item);
};

/** Notes a call that wrote notifications; a write of anything else is none of it. */
export const noteNotifications = (journal: Journal, name: string, call: Call, answer: Answer): void => {
  if (answer.statusCode !== 200) return;
  for (const item of putItems(name, call, answer)) {
    const written = NotificationItem.safeParse(item);
    if (written.success) journal.notificationWrites.push(written.data.notificationId.S);
  }
};

/** What was under way may still arrive for so long. */
const AFTERMATH_MS = 500;

/** Notes what keeps the push function from remembering, from before it begins until after it has ended. */
export const interrupting = async <Result>(
  journal: Journal,
  what: string,
  work: () => Promise<Result>,
): Promise<Result> => {
  const interruption = { from: Date.now(), to: Number.POSITIVE_INFINITY, what };
  journal.pushInterruptions.push(interruption);
  try {
    return await work();
  } finally {
    interruption.to = Date.now() + AFTERMATH_MS;
  }
};
