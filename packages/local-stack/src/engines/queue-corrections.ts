import type { MovedMessage } from '../trace/messages.ts';
import type { EngineMessage, EngineModules, EngineQueue } from './engine-modules.ts';
import { correctFifoQueues, removeMessages } from './fifo-queues.ts';

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const MAX_IN_FLIGHT = 120_000;
const MAX_VISIBILITY_SECONDS = 43_200;

/** How queues are to behave where SQS promises less than a queue in memory does by itself. */
export interface QueueOptions {
  /**
   * Lets one message in ten come twice and all of them in any order, as a standard queue may. `undefined`: each comes
   * once, nearly in order.
   */
  readonly unordered?: { random(): number } | undefined;
  /** Hears of every message that a queue gave up. */
  readonly tell?: (event: MovedMessage) => void;
}

const DOUBLES_SHARE = 0.1;

/**
 * Makes the engine's queues do what SQS documents, or what was measured of it, and the engine does not:
 * messages end with their retention, a message is deleted by its latest receipt handle only, a visibility timeout ends
 * 12 hours after the receive, at most 120,000 messages are in flight, and a dead-letter queue knows when a message came.
 */
export const correctQueues = (
  modules: EngineModules,
  { unordered, tell = () => {} }: QueueOptions = {},
): void => {
  correctFifoQueues(modules);
  const { SqsQueue, SqsRouter, SqsError, INVALID_MESSAGE_BODY_CHAR } = modules;
  const queue = SqsQueue.prototype;
  const { enqueue, dequeue, deleteMessage, changeVisibility, getAttribute, inspectMessages, processTimers } =
    queue;

  queue.processTimers = function (this: EngineQueue) {
    expire(this);
    processTimers.call(this);
  };
  queue.getAttribute = function (this: EngineQueue, name) {
    if (name.startsWith('ApproximateNumberOfMessages')) this.processTimers();
    return getAttribute.call(this, name);
  };
  queue.inspectMessages = function (this: EngineQueue) {
    expire(this);
    return inspectMessages.call(this);
  };

  queue.dequeue = function (this: EngineQueue, maximum, visibilityTimeout, deadLetterQueue) {
    this.processTimers();
    const room = MAX_IN_FLIGHT - this.inflightMessages.size;
    if (room <= 0) return [];
    const received = dequeue.call(this, Math.min(maximum, room), visibilityTimeout, (arn) => {
      const target = deadLetterQueue(arn);
      if (!target) return undefined;
      const enqueueMoved = (message: EngineMessage) => {
        target.enqueue(moved(message, this.arn));
        const { messageId } = message;
        const to = arn.slice(arn.lastIndexOf(':') + 1);
        tell({ kind: 'moved', how: 'given up', from: this.name, to, messageId, at: Date.now() });
      };
      return { enqueue: enqueueMoved };
    });
    for (const { ReceiptHandle } of received) {
      const inFlight = this.inflightMessages.get(ReceiptHandle);
      if (!inFlight) continue;
      inFlight.receivedAt = Date.now();
      inFlight.message.lastReceiptHandle = ReceiptHandle;
    }
    return received;
  };

  queue.deleteMessage = function (this: EngineQueue, receiptHandle) {
    if (this.inflightMessages.has(receiptHandle)) return deleteMessage.call(this, receiptHandle);
    const message = this.messages.find(({ lastReceiptHandle }) => lastReceiptHandle === receiptHandle);
    if (!message) return false;
    this.messages = this.messages.filter((other) => other !== message);
    this.persistence?.deleteMessage(message.messageId);
    return true;
  };

  queue.changeVisibility = function (this: EngineQueue, receiptHandle, seconds) {
    const receivedAt = this.inflightMessages.get(receiptHandle)?.receivedAt ?? Date.now();
    if (Date.now() + seconds * 1000 > receivedAt + MAX_VISIBILITY_SECONDS * 1000)
      throw new SqsError(
        'InvalidParameterValue',
        `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [${MAX_VISIBILITY_SECONDS} seconds].`,
      );
    changeVisibility.call(this, receiptHandle, seconds);
  };

  queue.enqueue = function (this: EngineQueue, message) {
    enqueue.call(this, message);
    if (unordered && !this.isFifo()) shuffleIn(this, unordered.random);
  };

  const { register } = SqsRouter.prototype;
  SqsRouter.prototype.register = function (action, handler) {
    register.call(this, action, action === 'ReceiveMessage' ? refusingOverLimit(handler, SqsError) : handler);
  };

  // SQS takes every character of XML 1.0; the engine forgets those beyond the first 65,536.
  INVALID_MESSAGE_BODY_CHAR.test = (text) =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that are allowed
    /[^\u{9}\u{A}\u{D}\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(text);
};

/** What is older than the queue keeps messages is gone, wherever it is; the time counts from the first sending. */
const expire = (queue: EngineQueue): void => {
  const sentBefore = Date.now() - Number(queue.attributes.MessageRetentionPeriod) * 1000;
  removeMessages(queue, ({ sentTimestamp }) => sentTimestamp <= sentBefore);
};

/** The engine counts the receive that moves a message, which SQS does not. */
const moved = (message: EngineQueue['messages'][number], from: string) =>
  Object.assign(message, {
    approximateReceiveCount: message.approximateReceiveCount - 1,
    movedAt: Date.now(),
    movedFrom: from,
    receivesBeforeMove: message.approximateReceiveCount - 1,
    lastReceiptHandle: undefined,
  });

/** Puts the message that came last somewhere among the waiting ones, now and then twice. */
const shuffleIn = (queue: EngineQueue, random: () => number): void => {
  const message = queue.messages.pop();
  if (!message) return;
  const place = () => Math.floor(random() * (queue.messages.length + 1));
  queue.messages.splice(place(), 0, message);
  if (random() < DOUBLES_SHARE) queue.messages.splice(place(), 0, { ...message });
};

type Handler = Parameters<EngineModules['SqsRouter']['prototype']['register']>[1];

/** With long polling the call waits instead. */
const refusingOverLimit =
  (receive: Handler, SqsError: EngineModules['SqsError']): Handler =>
  (body, queues) => {
    const queue = queues.getQueue(String(body.QueueUrl));
    const waits = Number(body.WaitTimeSeconds ?? queue?.attributes.ReceiveMessageWaitTimeSeconds ?? 0) > 0;
    if (queue && !waits && queue.inflightMessages.size >= MAX_IN_FLIGHT) {
      queue.processTimers();
      if (queue.inflightMessages.size >= MAX_IN_FLIGHT)
        throw new SqsError('OverLimit', 'Too many messages in flight', 403);
    }
    return receive(body, queues);
  };
