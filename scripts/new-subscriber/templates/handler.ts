import { subscriber } from '#lib/events/subscriber.ts';

/**
 * Say here what becomes of an event. Events come at least once and in any order: doing the work again must change
 * nothing, and what keeps state is gated on `event.version`. A rejection brings the event again.
 */
export const handler = subscriber(async (_event) => ({ outcome: 'handled' }));
