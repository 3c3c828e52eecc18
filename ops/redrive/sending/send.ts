import { wordsOf } from '../../operator-error.ts';
import type { AnyFailure, Collected } from '../failures/collect.ts';
import type { DeadLetterQueue } from '../failures/dead-letter-queues.ts';
import type { MessageFailure } from '../failures/queue-messages.ts';
import { paceOf } from '../pace.ts';
import type { Target } from '../target/target.ts';
import { moveQueue } from './move-queue.ts';
import { sendMessages } from './send-messages.ts';
import { type Sending, sendBatch, sendParked } from './send-records.ts';

export interface SendOptions {
  /** Without it nothing is sent. */
  execute: boolean;
  /** Changes and messages a second, a whole number from 1 to 500. */
  perSecond: number;
  tell: (line: string) => void;
  now?: () => number;
}

/** The minimum interval between progress reports. */
const PROGRESS_MS = 1_000;

const isMessage = (failure: AnyFailure): failure is MessageFailure => 'message' in failure;

/** SQS moves whole queues only. */
const isMovable = (target: Target, collected: Collected, queue: DeadLetterQueue, count: number): boolean =>
  target.movesMessages && queue.source === 'queue' && count === collected.countAt(queue.id);

const messagesByQueue = ({ deadLetterQueues, failures }: Collected) =>
  deadLetterQueues
    .map((queue) => ({
      queue,
      messages: failures.filter(isMessage).filter(({ place }) => place === queue.id),
    }))
    .filter(({ messages }) => messages.length > 0);

const planLines = (target: Target, collected: Collected): string[] => {
  const records = collected.failures.filter((failure) => !isMessage(failure));
  const toBroadcaster = records.map(
    ({ id, source, place, records: count, history }) =>
      `  ${id}  ${count} of ${source === 'stream' ? place : 'the parked records'} to the broadcaster` +
      (history?.resumeAt ? `, from ${history.resumeAt} on` : ''),
  );
  const toQueues = messagesByQueue(collected).flatMap(({ queue, messages }) => {
    const unreadable = messages.filter(({ isReadable }) => !isReadable).map(({ id }) => id);
    return [
      `  ${messages.length} of ${queue.id} to ${queue.goesTo.id}, ` +
        (isMovable(target, collected, queue, messages.length) ? 'moved by SQS' : 'one by one'),
      ...(unreadable.length > 0
        ? [`    these break the event contract and will probably fail again: ${unreadable.join(' ')}`]
        : []),
    ];
  });
  return [...toBroadcaster, ...toQueues];
};

/**
 * Sends failures back: stream records and parked records to the broadcaster, messages to their subscriber's queue.
 * A failure is marked as redriven, or leaves its dead-letter queue, only after that; one that fails again stays, and
 * the others go on. Sending again what was sent already does no harm: every consumer is idempotent.
 * @returns how many failures were sent, and how many stay
 */
export const send = async (
  target: Target,
  collected: Collected,
  { execute, perSecond, tell, now = Date.now }: SendOptions,
): Promise<{ sent: number; stay: number }> => {
  const { bucket, histories, failures } = collected;
  const plan = planLines(target, collected);
  tell(plan.length === 0 ? 'Nothing to send.' : `To be sent, ${perSecond} a second at most:`);
  for (const line of plan) tell(line);
  if (plan.length === 0) return { sent: 0, stay: 0 };
  if (!execute) {
    tell('Nothing was sent: this was a dry run. Add --execute to send.');
    return { sent: 0, stay: failures.length };
  }

  const sending: Sending = { target, bucket, histories, pace: paceOf(perSecond) };
  let sent = 0;
  let told = now();
  const progress = (done: number): void => {
    if (now() - told < PROGRESS_MS) return;
    told = now();
    tell(`  ${done} of ${failures.length}`);
  };
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      tell(`  ${what} stays: ${wordsOf(error)}`);
    }
  };

  for (const failure of failures) {
    if (isMessage(failure)) continue;
    await attempt(failure.id, async () => {
      await (failure.source === 'stream' ? sendBatch(sending, failure) : sendParked(sending, failure));
      sent += 1;
      progress(sent);
    });
  }
  for (const { queue, messages } of messagesByQueue(collected)) {
    const before = sent;
    if (isMovable(target, collected, queue, messages.length)) {
      await attempt(queue.id, async () => {
        sent += await moveQueue(sending, queue, messages, perSecond, (moved) => progress(before + moved));
      });
    } else {
      await attempt(`the rest of ${queue.id}`, () =>
        sendMessages(sending, queue, messages, () => {
          sent += 1;
          progress(sent);
        }),
      );
    }
  }
  const stay = failures.length - sent;
  tell(`Sent ${sent} of ${failures.length}.${stay > 0 ? ' The rest can be sent again.' : ''}`);
  return { sent, stay };
};
