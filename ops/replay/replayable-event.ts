import type { PostEvent } from '#lib/events/post-event.ts';

/** An event as it is sent again: what the topic would have delivered. */
export interface ReplayableEvent {
  event: PostEvent;
  /** Of type String. */
  attributes: Readonly<Record<string, string>>;
}
