import { randomUUID } from 'node:crypto';
import type { EngineQueue } from '../engines/engine-modules.ts';
import { removeMessages } from '../engines/fifo-queues.ts';
import type { MessageEvent } from '../trace/messages.ts';

/** A request to act on messages of a queue. */
export interface MoveRequest {
  /** The queue's name. */
  readonly from: string;
  /** The name of the queue to send them to; absent, they are discarded. */
  readonly to?: string | undefined;
  /** Absent: all of them. */
  readonly messageIds?: readonly string[] | undefined;
}

/**
 * Sends messages of a queue to another as new ones, or discards them. None is received for it: no receive count changes.
 * @returns how many there were; none when there is no such queue
 */
export const moveMessages = (
  { from, to, messageIds }: MoveRequest,
  queues: Iterable<EngineQueue>,
  tell: (event: MessageEvent) => void,
): number => {
  const all = [...queues];
  const source = all.find(({ name }) => name === from);
  const target = all.find(({ name }) => name === to);
  if (!source || (to !== undefined && !target)) return 0;
  const wanted = messageIds && new Set(messageIds);
  source.processTimers();
  const taken = removeMessages(source, ({ messageId }) => wanted?.has(messageId) ?? true);
  for (const message of taken) {
    const { messageId } = message;
    const moved = { kind: 'moved', from: source.name, messageId, at: Date.now() } as const;
    if (!target) {
      tell({ ...moved, how: 'discarded' });
      continue;
    }
    const newMessageId = randomUUID();
    tell({ ...moved, how: 'redriven', to: target.name, newMessageId });
    target.enqueue(
      Object.assign(message, {
        messageId: newMessageId,
        approximateReceiveCount: 0,
        sentTimestamp: Date.now(),
        ...{ movedAt: undefined, movedFrom: undefined, receivesBeforeMove: undefined },
        lastReceiptHandle: undefined,
      }),
    );
  }
  return taken.length;
};
