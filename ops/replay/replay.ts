import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { REPLAYED } from '#lib/events/replayed.ts';
import { streamFilter } from '#local/event-source-mappings/filter/filter.ts';
import type { Subscriber } from '../redrive/failures/dead-letter-queues.ts';
import type { Pace } from '../redrive/pace.ts';
import type { Target } from '../redrive/target/target.ts';
import type { ReplayableEvent } from './replayable-event.ts';

/** Messages sent side by side. */
const AT_ONCE = 10;

/** Whether a subscriber gets an event: a replay does not use the topic, so it applies the filter policy itself. */
export const passesPolicyOf = ({ filterPolicy }: Subscriber): ((event: ReplayableEvent) => boolean) => {
  if (filterPolicy === undefined) return () => true;
  const passes = streamFilter([filterPolicy]);
  return ({ attributes }) => passes(attributes);
};

const sendTo =
  ({ clients: { sqs } }: Target, { queue }: Subscriber, at: string) =>
  async ({ event, attributes }: ReplayableEvent): Promise<void> => {
    const marked = { ...attributes, [REPLAYED]: at };
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queue.url,
        MessageBody: JSON.stringify(event),
        MessageAttributes: Object.fromEntries(
          Object.entries(marked).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
        ),
      }),
    );
  };

/** How many events of which change a subscriber would get. */
export const countFor = async (
  events: AsyncIterable<ReplayableEvent>,
  subscribers: readonly Subscriber[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> => {
  const counts = new Map(
    subscribers.map((subscriber) => [
      subscriber.name,
      { passes: passesPolicyOf(subscriber), changes: new Map<string, number>() },
    ]),
  );
  for await (const replayable of events) {
    for (const { passes, changes } of counts.values()) {
      if (!passes(replayable)) continue;
      const { change } = replayable.event;
      changes.set(change, (changes.get(change) ?? 0) + 1);
    }
  }
  return new Map([...counts].map(([name, { changes }]) => [name, changes]));
};

/**
 * Sends events to the queue of one subscriber, those that its filter policy lets pass, each marked as replayed.
 * @param onSent called with the number sent so far
 * @returns how many were sent. @throws when a message cannot be sent; sending all of them again does no harm
 */
export const replayTo = async (
  target: Target,
  subscriber: Subscriber,
  events: AsyncIterable<ReplayableEvent>,
  pace: Pace,
  onSent: (sent: number) => void,
): Promise<number> => {
  const passes = passesPolicyOf(subscriber);
  const sendOne = sendTo(target, subscriber, new Date().toISOString());
  let sent = 0;
  let group: ReplayableEvent[] = [];
  const flush = async () => {
    await pace(group.length);
    await Promise.all(group.map(sendOne));
    sent += group.length;
    group = [];
    onSent(sent);
  };
  for await (const replayable of events) {
    if (!passes(replayable)) continue;
    group.push(replayable);
    if (group.length === AT_ONCE) await flush();
  }
  if (group.length > 0) await flush();
  return sent;
};
