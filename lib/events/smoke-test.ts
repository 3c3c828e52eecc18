import type { Delivery, Outcome } from '#lib/platform/queue-consumer.ts';
import type { PostEvent } from './post-event.ts';

/**
 * How the correlation id of a smoke test begins (`npm run smoke`). The id comes in with the request, as
 * `X-Correlation-Id`, and goes with the post to every subscriber, so no field of a post and no filter policy knows of
 * smoke tests. Anyone may send such an id: they only miss the notifications about their own post.
 */
export const SMOKE_TEST = 'smoke-test.';

type Handle = (event: PostEvent, delivery: Delivery) => Promise<Outcome | undefined>;

/** For subscribers that notify people: a smoke test's post notifies nobody. */
export const ignoreSmokeTests =
  (handle: Handle): Handle =>
  async (event, delivery) =>
    event.correlationId.startsWith(SMOKE_TEST) ? { outcome: 'ignored: smoke test' } : handle(event, delivery);
