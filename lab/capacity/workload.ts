import type { Change } from '../../lib/events/change.ts';
import type { PostEventAttributes } from '../../lib/events/post-event.ts';
import type { FilterPolicy } from './facts.ts';

type Attributes = PostEventAttributes & { change: Change };

/**
 * What a post brings about: it is published by POST /posts without an Idempotency-Key, reviewed by moderation and
 * approved. Edits, removals and what is read come on top; they are the same in every design.
 */
export const CHANGES_OF_A_POST: readonly Attributes[] = [
  { eventType: 'INSERT', change: 'published', status: 'published', contentType: 'text' },
  { eventType: 'MODIFY', change: 'reviewed', status: 'published', contentType: 'text' },
];

/** Whether a filter policy lets a message through; policies of this service use words and `exists`. */
export const letsThrough = (policy: FilterPolicy, attributes: Readonly<Record<string, string>>): boolean =>
  Object.entries(policy).every(([name, conditions]) =>
    conditions.some((condition) =>
      typeof condition === 'string'
        ? condition === attributes[name]
        : condition.exists === name in attributes,
    ),
  );

/** How many messages a post sends to a subscriber. */
export const deliveriesOf = (policy: FilterPolicy): number =>
  CHANGES_OF_A_POST.filter((attributes) => letsThrough(policy, attributes)).length;
