import type { Delivery } from '#lib/platform/queue-consumer.ts';
import type { PostEvent } from './post-event.ts';

/**
 * The message attribute that marks an event as sent again on purpose, to one subscriber (`npm run replay`): ISO 8601,
 * when. An attribute and not a field: the event itself is as it was, and a redrive keeps attributes.
 */
export const REPLAYED = 'replayed';

/**
 * For subscribers that tell people something: what happened long ago is no news. A replayed event counts as handled,
 * and nothing else happens.
 */
export const refuseReplayed =
  (handle: (event: PostEvent, delivery: Delivery) => Promise<void>): typeof handle =>
  async (event, delivery) => {
    const replayed = delivery.record.messageAttributes[REPLAYED];
    if (!replayed) return handle(event, delivery);
    delivery.log.info('refused: replayed', { replayed: replayed.stringValue });
  };
