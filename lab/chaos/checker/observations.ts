import type { Evidence } from '../evidence/evidence.ts';

/** What subscribers had to put up with: without it a clean result would be luck. */
export interface Observations {
  deliveries: number;
  /** Hand-outs of an event that the subscriber had been handed before. */
  duplicates: number;
  /** Hand-outs of an event after one of a later version of the same post. */
  orderViolations: number;
}

export const observationsOf = ({ seen }: Pick<Evidence, 'seen'>): Observations => {
  const highest = new Map<string, number>();
  const known = new Set<string>();
  let duplicates = 0;
  let orderViolations = 0;
  for (const { queue, event } of seen) {
    if (!event) continue;
    const post = `${queue} ${event.postId}`;
    const id = `${queue} ${event.eventId}`;
    if (known.has(id)) duplicates += 1;
    known.add(id);
    if (event.version < (highest.get(post) ?? 0)) orderViolations += 1;
    highest.set(post, Math.max(event.version, highest.get(post) ?? 0));
  }
  return { deliveries: seen.length, duplicates, orderViolations };
};
