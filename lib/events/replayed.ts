import type { Delivery, Outcome } from '#lib/platform/queue-consumer.ts';
import type { PostEvent } from './post-event.ts';

/**
 * The message attribute that marks an event as sent again on purpose, to one subscriber (`npm run replay`): ISO 8601,
 * when. An attribute and not a field: the event itself is as it was, and a redrive keeps attributes.
 */
export const REPLAYED = 'replayed';

type Handle = (event: PostEvent, delivery: Delivery) => Promise<Outcome | undefined>;

/**
 * For subscribers that tell people something: what happened long ago is no news. A replayed event counts as handled,
 * and nothing else happens.
 */
export const refuseReplayed =
  (handle: Handle): Handle =>
  async (event, delivery) => {
    const replayed = delivery.record.messageAttributes[REPLAYED]?.stringValue;
    if (replayed === undefined) return handle(event, delivery);
    return { outcome: 'refused: replayed', replayed };
  };
