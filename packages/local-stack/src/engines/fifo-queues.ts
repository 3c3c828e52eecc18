import { randomUUID } from 'node:crypto';
import type { EngineMessage, EngineModules, EngineQueue } from './engine-modules.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html */
export const DEDUPLICATION_MS = 5 * 60 * 1000;
const MAX_RECEIVE = 10;

/** What was sent first under a deduplication id. */
interface Sent {
  readonly messageId: string;
  readonly sequenceNumber: string | undefined;
  readonly at: number;
}

/** What is sent again under a deduplication id within five minutes is accepted and not delivered. */
export const createDeduplication = <Result extends { readonly at: number }>() => {
  const sent = new Map<string, Result>();
  return {
    earlier(id: string): Result | undefined {
      const over = Date.now() - DEDUPLICATION_MS;
      for (const [old, { at }] of sent) {
        if (at > over) break;
        sent.delete(old);
      }
      return sent.get(id);
    },
    record: (id: string, result: Result) => sent.set(id, result),
  };
};

const groupOf = ({ messageGroupId = '' }: EngineMessage): string => messageGroupId;

/** Groups of which a message is received and neither deleted nor visible again: nothing else of them is handed out. */
const groupsInFlight = (queue: EngineQueue): Set<string> =>
  new Set([...queue.inflightMessages.values()].map(({ message }) => groupOf(message)));

const bySequence = (one: EngineMessage, other: EngineMessage): number =>
  (one.sequenceNumber ?? '').localeCompare(other.sequenceNumber ?? '');

/** The messages that wait visibly, in order. */
export const visibleMessages = (queue: EngineQueue): EngineMessage[] =>
  queue.isFifo() ? [...queue.fifoMessages.values()].flat().toSorted(bySequence) : [...queue.messages];

/** Removes messages from a queue wherever in it they are, and answers them. */
export const removeMessages = (
  queue: EngineQueue,
  isWanted: (message: EngineMessage) => boolean,
): EngineMessage[] => {
  const removed: EngineMessage[] = [];
  const stays = (message: EngineMessage): boolean => {
    if (!isWanted(message)) return true;
    removed.push(message);
    return false;
  };
  queue.messages = queue.messages.filter(stays);
  queue.delayedMessages = queue.delayedMessages.filter(stays);
  for (const groups of [queue.fifoMessages, queue.fifoDelayed]) {
    for (const [group, messages] of groups) {
      const left = messages.filter(stays);
      if (left.length > 0) groups.set(group, left);
      else groups.delete(group);
    }
  }
  for (const [handle, { message }] of queue.inflightMessages) {
    if (!stays(message)) queue.inflightMessages.delete(handle);
  }
  for (const { messageId } of removed) queue.persistence?.deleteMessage(messageId);
  return queue.isFifo() ? removed.toSorted(bySequence) : removed;
};

/**
 * Makes the engine's FIFO queues do what SQS documents and the engine does not: a receive takes as many messages of one
 * group as there are, messages whose visibility timeout is over come back in order, `DeduplicationScope` counts, an expired
 * receipt handle deletes nothing, and a message that is moved to another queue gets a place at the end of its group there.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
 */
export const correctFifoQueues = ({ SqsQueue, SqsRouter, SqsError }: EngineModules): void => {
  const queue = SqsQueue.prototype;
  const { enqueue, deleteMessage } = queue;
  const sending = new WeakMap<EngineQueue, string>();
  const windows = new WeakMap<EngineQueue, ReturnType<typeof createDeduplication<Sent>>>();

  // The engine asks and records before it enqueues; here both happen when a message enters, as the group is known then.
  queue.checkDeduplication = () => ({ isDuplicate: false });
  queue.recordDeduplication = function (this: EngineQueue, _id, messageId) {
    sending.set(this, messageId);
  };

  queue.enqueue = function (this: EngineQueue, message) {
    if (!this.isFifo()) return enqueue.call(this, message);
    const isSent = sending.get(this) === message.messageId;
    sending.delete(this);
    const window = windows.get(this) ?? createDeduplication<Sent>();
    windows.set(this, window);
    const scope = this.attributes.DeduplicationScope === 'messageGroup' ? groupOf(message) : '';
    const id = `${scope} ${message.messageDeduplicationId}`;
    const earlier = isSent ? window.earlier(id) : undefined;
    if (earlier) {
      // The sender is told of the first one.
      const { messageId, sequenceNumber } = earlier;
      Object.assign(message, { messageId, sequenceNumber });
      return;
    }
    message.sequenceNumber = this.nextSequenceNumber();
    if (isSent) {
      const { messageId, sequenceNumber } = message;
      window.record(id, { messageId, sequenceNumber, at: Date.now() });
    }
    enqueue.call(this, message);
  };

  queue.hasAvailableFifoMessages = function (this: EngineQueue) {
    const locked = groupsInFlight(this);
    return [...this.fifoMessages].some(([group, messages]) => messages.length > 0 && !locked.has(group));
  };

  queue.dequeueFifo = function (this: EngineQueue, maximum, visibilityTimeout, deadLetterQueue) {
    this.processTimers();
    const seconds = visibilityTimeout ?? Number(this.attributes.VisibilityTimeout);
    const { maxReceiveCount, deadLetterTargetArn } = redriveOf(this);
    const locked = groupsInFlight(this);
    const received: ReturnType<EngineQueue['dequeueFifo']> = [];
    for (const [group, waiting] of this.fifoMessages) {
      if (locked.has(group)) continue;
      const messages = waiting.toSorted(bySequence);
      while (received.length < Math.min(maximum, MAX_RECEIVE)) {
        const message = messages.shift();
        if (!message) break;
        message.approximateReceiveCount += 1;
        message.approximateFirstReceiveTimestamp ??= Date.now();
        const target =
          message.approximateReceiveCount > maxReceiveCount
            ? deadLetterQueue(deadLetterTargetArn)
            : undefined;
        if (target) {
          this.persistence?.deleteMessage(message.messageId);
          target.enqueue(message);
        } else received.push(handOut(this, message, seconds));
      }
      if (messages.length > 0) this.fifoMessages.set(group, messages);
      else this.fifoMessages.delete(group);
    }
    return received;
  };

  /** The handle of a receive whose visibility timeout is over. */
  const isExpired = (one: EngineQueue, handle: unknown): boolean => {
    one.processTimers();
    return [...one.fifoMessages.values()]
      .flat()
      .some(({ lastReceiptHandle }) => lastReceiptHandle === handle);
  };
  const expired = (handle: unknown) =>
    `Value ${handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`;

  queue.deleteMessage = function (this: EngineQueue, handle) {
    if (this.isFifo() && isExpired(this, handle))
      throw new SqsError('InvalidParameterValue', expired(handle));
    return deleteMessage.call(this, handle);
  };

  const { register } = SqsRouter.prototype;
  SqsRouter.prototype.register = function (action, handler) {
    if (action !== 'DeleteMessageBatch') return register.call(this, action, handler);
    register.call(this, action, (body, queues) => {
      const of = queues.getQueue(String(body.QueueUrl));
      const { Entries: entries } = body;
      if (!of?.isFifo() || !Array.isArray(entries)) return handler(body, queues);
      const late = entries.filter(({ ReceiptHandle }) => isExpired(of, ReceiptHandle));
      const rest = entries.filter((entry) => !late.includes(entry));
      const Failed = late.map(({ Id, ReceiptHandle }) => ({
        ...{ Id, SenderFault: true, Code: 'InvalidParameterValue', Message: expired(ReceiptHandle) },
      }));
      if (rest.length === 0 && late.length > 0) return { Successful: [], Failed };
      return { ...Object(handler({ ...body, Entries: rest }, queues)), Failed };
    });
  };
};

const redriveOf = ({ attributes }: EngineQueue): { maxReceiveCount: number; deadLetterTargetArn: string } => {
  const policy = attributes.RedrivePolicy ? Object(JSON.parse(attributes.RedrivePolicy)) : {};
  const { maxReceiveCount = Number.POSITIVE_INFINITY, deadLetterTargetArn = '' } = policy;
  return { maxReceiveCount: Number(maxReceiveCount), deadLetterTargetArn: String(deadLetterTargetArn) };
};

/** A message as ReceiveMessage answers it, in flight from now on. */
const handOut = (queue: EngineQueue, message: EngineMessage, seconds: number) => {
  const receiptHandle = randomUUID();
  const visibilityDeadline = Date.now() + seconds * 1000;
  queue.inflightMessages.set(receiptHandle, { message, receiptHandle, visibilityDeadline });
  queue.persistence?.updateMessageInflight(
    message.messageId,
    receiptHandle,
    visibilityDeadline,
    message.approximateReceiveCount,
    message.approximateFirstReceiveTimestamp,
  );
  const { md5OfMessageAttributes, messageAttributes } = message;
  return {
    MessageId: message.messageId,
    ReceiptHandle: receiptHandle,
    MD5OfBody: message.md5OfBody,
    Body: message.body,
    ...(md5OfMessageAttributes && { MD5OfMessageAttributes: md5OfMessageAttributes }),
    ...(Object.keys(messageAttributes).length > 0 && { MessageAttributes: messageAttributes }),
  };
};
