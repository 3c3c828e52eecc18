import { envelopeBytes, type MappingContext, maximumPayloadBytes } from '../context.ts';
import type { QueueMapping } from '../mapping.ts';
import type { QueueSource } from '../ports.ts';
import { type ReceivedMessage, toReceived } from './message.ts';

/** Makes batches of one queue's messages. */
export interface Gatherer {
  /** With `wait` by long polling for a first message; an empty batch means there was none. */
  next(wait: boolean): Promise<ReceivedMessage[]>;
  /** Messages that were received and wait for the next batch. */
  carried(): ReceivedMessage[];
}

/** The maximum of one ReceiveMessage call. */
const perReceive = 10;

/**
 * A batch is complete when it holds `batchSize` messages, when the next would take it over 6 MB, or when the
 * batching window, which begins with the first message, is over. Messages that do not pass the filter are
 * handed to `drop` (Lambda deletes them) and do not count. Of a FIFO queue nothing is carried over: what does not fit goes
 * back by `release`.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export function createGatherer(
  mapping: QueueMapping,
  context: MappingContext,
  source: QueueSource,
  longPollSeconds: number,
  {
    drop,
    release,
  }: Readonly<Record<'drop' | 'release', (messages: readonly ReceivedMessage[]) => Promise<void>>>,
): Gatherer {
  const { clock, metrics, stop } = context;
  let carry: ReceivedMessage[] = [];

  async function receive(maximum: number, waitSeconds: number): Promise<ReceivedMessage[]> {
    const messages = await source.receive(mapping.eventSourceArn, Math.min(maximum, perReceive), waitSeconds);
    const received = messages.map((message) => toReceived(message, mapping, clock.now()));
    metrics.count('PolledEventCount', received.length);
    const { filter } = mapping;
    if (!filter) return received;
    const passing = received.filter(({ event }) => filter(event));
    const rest = received.filter((message) => !passing.includes(message));
    if (rest.length > 0) {
      metrics.count('FilteredOutEventCount', rest.length);
      context.onEvent({
        type: 'filtered',
        mapping: mapping.logicalId,
        source: mapping.eventSourceArn,
        records: rest.length,
      });
      await drop(rest);
    }
    return passing;
  }

  return {
    carried: () => carry,
    async next(wait) {
      const batch: ReceivedMessage[] = [];
      let bytes = envelopeBytes;
      let deadline: number | undefined;

      /** Takes messages into the batch; what does not fit is carried over, and the batch is full. */
      const take = (messages: readonly ReceivedMessage[]): boolean => {
        for (const [index, message] of messages.entries()) {
          const more = message.bytes + (batch.length === 0 ? 0 : 1);
          if (
            batch.length === mapping.batchSize ||
            (batch.length > 0 && bytes + more > maximumPayloadBytes)
          ) {
            carry = [...carry, ...messages.slice(index)];
            return true;
          }
          bytes += more;
          batch.push(message);
          deadline ??= message.receivedAt + mapping.batchingWindowMs;
        }
        return batch.length === mapping.batchSize;
      };

      const carried = carry;
      carry = [];
      let full = take(carried);
      if (!full && batch.length === 0)
        full = take(await receive(mapping.batchSize, wait ? longPollSeconds : 0));
      while (!full && deadline !== undefined && !stop.aborted) {
        const left = deadline - clock.now();
        if (left <= 0) break;
        const seconds = Math.min(Math.floor(left / 1000), longPollSeconds);
        // The last part of a second cannot be waited for at the queue.
        if (seconds === 0) await clock.sleep(left, stop);
        full = take(await receive(mapping.batchSize - batch.length, seconds));
      }
      // The rest of a group waits until the batch is done: nothing of it may overtake a message that fails.
      if (mapping.fifo) await release(carry.splice(0));
      return batch;
    },
  };
}
