import type { Delivery, Outcome } from '#lib/platform/queue-consumer.ts';
import type { PostEvent } from './post-event.ts';

/** The message attribute of an event that `npm run replay` sent to one subscriber again: when, in ISO 8601. */
export const REPLAYED = 'replayed';

type Handle = (event: PostEvent, delivery: Delivery) => Promise<Outcome | undefined>;

/** Skips replayed events, for subscribers that tell people something: what happened long ago is no news. */
export const refuseReplayed =
  (handle: Handle): Handle =>
  async (event, delivery) => {
    const replayed = delivery.record.messageAttributes[REPLAYED]?.stringValue;
    if (replayed === undefined) return handle(event, delivery);
    return { outcome: 'refused: replayed', replayed };
  };
