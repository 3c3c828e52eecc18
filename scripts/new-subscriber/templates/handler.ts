import { subscriber } from '#lib/events/subscriber.ts';

/**
 * Say here what the subscriber does. Events are delivered at least once and in any order: handling one again must change
 * nothing, and what keeps state is gated on `event.version`. A rejection makes SQS deliver the event again.
 */
export const handler = subscriber(async (_event) => ({ outcome: 'handled' }));
