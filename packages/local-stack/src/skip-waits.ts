import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { type Clock, systemClock } from './clock.ts';

const MINUTE = 60_000;

/** A clock that can be read as of the end of the minute. */
export interface MinuteClock extends Clock {
  /** Runs `work`, to which the minute seems to be over. */
  asOfMinutesEnd(work: () => void): void;
}

export const minuteClock = (clock: Clock = systemClock): MinuteClock => {
  let ahead = 0;
  return {
    ...clock,
    now: () => clock.now() + ahead,
    asOfMinutesEnd: (work) => {
      ahead = MINUTE - (clock.now() % MINUTE);
      try {
        work();
      } finally {
        ahead = 0;
      }
    },
  };
};

/** A clock whose sleepers can be woken. */
export interface SkippableClock extends Clock {
  /** Ends every sleep that is under way. */
  skip(): void;
}

export const skippableClock = (clock: Clock = systemClock): SkippableClock => {
  const sleepers = new Set<AbortController>();
  return {
    now: clock.now,
    sleep: async (ms, signal) => {
      const sleeper = new AbortController();
      sleepers.add(sleeper);
      await clock.sleep(ms, signal ? AbortSignal.any([signal, sleeper.signal]) : sleeper.signal);
      sleepers.delete(sleeper);
    },
    skip: () => {
      for (const sleeper of sleepers) sleeper.abort();
    },
  };
};

const Inspection = z.object({
  messages: z.object({
    ready: z.array(z.unknown()),
    delayed: z.array(z.unknown()),
    inflight: z.array(z.object({ receiptHandle: z.string() })),
  }),
});

const LOOK_MS = 25;
/** What one call may release. */
const PAGE = 10;

/**
 * Skips the waiting times of a queue's messages: in-flight messages become visible at once, until the queue is empty
 * because its messages were handled or went to the dead-letter queue. Messages at the function are left alone.
 * @param options.messagesAtFunction of the queue's event source mapping
 * @returns how often a message came again before its time
 * @throws when messages are left after `timeoutMs`
 */
export const skipWaits = async (options: {
  sqs: SQSClient;
  messagingUrl: string;
  queueName: string;
  queueUrl: string;
  messagesAtFunction: () => number;
  timeoutMs: number;
  clock?: Clock;
}): Promise<number> => {
  const {
    sqs,
    messagingUrl,
    queueName,
    queueUrl,
    messagesAtFunction,
    timeoutMs,
    clock = systemClock,
  } = options;
  const inspect = async () => {
    const answer = await fetch(new URL(`/_fauxqs/queues/${encodeURIComponent(queueName)}`, messagingUrl));
    return Inspection.parse(await answer.json()).messages;
  };
  const release = async (handles: readonly string[]): Promise<void> => {
    await sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: queueUrl,
        Entries: handles.map((ReceiptHandle, index) => ({
          Id: `${index}`,
          ReceiptHandle,
          VisibilityTimeout: 0,
        })),
      }),
    );
  };

  const deadline = clock.now() + timeoutMs;
  let hiddenBefore = new Set<string>();
  let released = 0;
  for (;;) {
    const { ready, delayed, inflight } = await inspect();
    if (ready.length + delayed.length + inflight.length === 0) return released;
    // What was only just received is still on its way to the function.
    const isWorking = messagesAtFunction() > 0;
    const hidden = isWorking ? [] : inflight.map(({ receiptHandle }) => receiptHandle);
    const waiting = hidden.filter((handle) => hiddenBefore.has(handle)).slice(0, PAGE);
    hiddenBefore = new Set(hidden);
    if (waiting.length > 0) await release(waiting);
    released += waiting.length;
    if (clock.now() > deadline) throw new Error(`${queueName} still holds messages after ${timeoutMs} ms`);
    await clock.sleep(LOOK_MS);
  }
};

/**
 * Lets the waits between the tries of asynchronous events pass, until none is left.
 * @throws when events are left after `timeoutMs`
 */
export const skipEventWaits = async (options: {
  isEmpty: () => boolean;
  clock: SkippableClock;
  timeoutMs: number;
}): Promise<void> => {
  const { isEmpty, clock, timeoutMs } = options;
  const deadline = systemClock.now() + timeoutMs;
  while (!isEmpty()) {
    if (systemClock.now() > deadline) throw new Error(`events are still waiting after ${timeoutMs} ms`);
    clock.skip();
    await systemClock.sleep(LOOK_MS);
  }
};
