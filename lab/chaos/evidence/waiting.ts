import { z } from 'zod';
import { readObject } from '../../../ops/redrive/failures/bucket.ts';
import type { AnyFailure, Collected } from '../../../ops/redrive/failures/collect.ts';
import type { Target } from '../../../ops/redrive/target/target.ts';
import { eventOfBody } from '../proxy/journal.ts';
import type { Waiting } from './evidence.ts';

const Batch = z.object({ payload: z.string() });
const Records = z.object({ Records: z.array(z.object({ eventID: z.string() })) });
const Parked = z.object({ record: z.object({ eventID: z.string() }) });

const queueNameOf = (url: string | undefined): string | undefined => url?.slice(url.lastIndexOf('/') + 1);

const eventsOf = async (target: Target, bucket: string, failure: AnyFailure): Promise<string[]> => {
  if ('message' in failure) {
    const event = eventOfBody(failure.message.Body ?? '');
    return event ? [event.eventId] : [];
  }
  const { text } = await readObject(target.clients.s3, bucket, failure.key);
  if (failure.source === 'parked') return [Parked.parse(JSON.parse(text)).record.eventID];
  const { payload } = Batch.parse(JSON.parse(text));
  return Records.parse(JSON.parse(payload)).Records.map(({ eventID }) => eventID);
};

/** What waits for an operator, as the operator's own tool tells it. */
export const waitingOf = async (
  target: Target,
  { bucket, failures, deadLetterQueues }: Collected,
): Promise<Waiting[]> => {
  const waiting: Waiting[] = [];
  for (const failure of failures) {
    const { source, place, reason } = failure;
    const eventIds = await eventsOf(target, bucket, failure);
    const queue = deadLetterQueues.find(({ id }) => id === place)?.goesTo.url;
    const isJunk = 'message' in failure && eventIds.length === 0;
    waiting.push({
      ...{ source, place, reason, eventIds },
      messageId: 'message' in failure ? failure.message.MessageId : undefined,
      queue: queueNameOf(queue),
      body: isJunk ? failure.message.Body : undefined,
    });
  }
  return waiting;
};
