import type { OnBroken } from './table-events.ts';

const MAX_SHOWN = 20;

/** Collects items of the table that break the contract, to report them in the end. */
export const brokenItems = (): { onBroken: OnBroken; lines(): string[] } => {
  const postIds: string[] = [];
  return {
    onBroken: (postId) => void postIds.push(postId),
    lines() {
      if (postIds.length === 0) return [];
      const shown = postIds.slice(0, MAX_SHOWN).join(', ') + (postIds.length > MAX_SHOWN ? ', …' : '');
      const items = postIds.length === 1 ? '1 item' : `${postIds.length} items`;
      return [`Left out, because they break the event contract: ${items} of the table (${shown})`];
    },
  };
};
