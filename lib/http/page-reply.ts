import type { Reply } from './reply.ts';

/** One page of a list; `nextCursor` is undefined on the last one. */
export const pageReply = (
  items: unknown[],
  nextCursor: string | undefined,
  headers: Record<string, string>,
): Reply => ({ status: 200, headers, body: { items, ...(nextCursor && { nextCursor }) } });
