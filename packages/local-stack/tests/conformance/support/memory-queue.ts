import { createHash } from 'node:crypto';
import type { Clock } from '../../../src/clock.ts';
import type { QueueMessage, QueueSource } from '../../../src/event-source-mappings/index.ts';

export interface QueueSettings {
  readonly visibilityTimeoutSeconds?: number;
  readonly redrive?: { readonly deadLetterArn: string; readonly maxReceiveCount: number };
}

/** SQS queues in virtual time, FIFO when their name says so: visibility timeouts, receive counts, redrive policies, long polling. */
export interface MemoryQueues extends QueueSource {
  create(queueArn: string, settings?: QueueSettings): void;
  send(queueArn: string, body: string, messageAttributes?: QueueMessage['messageAttributes']): string;
  /** To a FIFO queue. */
  sendTo(queueArn: string, groupId: string, ...bodies: string[]): void;
  /** Everything in the queue, hidden or not. */
  bodies(queueArn: string): string[];
  /** Messages that are received and not yet deleted or visible again. */
  hidden(queueArn: string): number;
  /** What was asked for in every receive so far. */
  readonly receives: { readonly queueArn: string; readonly maximum: number; readonly waitSeconds: number }[];
  /** Receives that wait for a message now. */
  waiting(): number;
  failDeletes(times: number): void;
  /** ChangeMessageVisibility: hides a received message for so long from now. */
  hide(queueArn: string, receiptHandle: string, seconds: number): void;
}

interface Stored {
  readonly messageId: string;
  readonly body: string;
  readonly messageAttributes: QueueMessage['messageAttributes'];
  readonly sentAt: number;
  readonly groupId?: string;
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt: number | undefined;
  receiptHandle: string | undefined;
}

export function createMemoryQueues(clock: Clock): MemoryQueues {
  const queues = new Map<
    string,
    { settings: QueueSettings; messages: Stored[]; arrivals: Set<() => void> }
  >();
  const receives: MemoryQueues['receives'] = [];
  let counter = 0;
  let waiting = 0;
  let deleteFailures = 0;

  const find = (queueArn: string) => {
    const found = queues.get(queueArn);
    if (!found) throw new Error(`QueueDoesNotExist: ${queueArn}`);
    return found;
  };

  function add(queueArn: string, message: Stored): void {
    const queue = find(queueArn);
    queue.messages.push(message);
    for (const arrive of queue.arrivals) arrive();
  }

  function take(queueArn: string, maximum: number): QueueMessage[] {
    const queue = find(queueArn);
    const { visibilityTimeoutSeconds = 30, redrive } = queue.settings;
    const taken: QueueMessage[] = [];
    const inFlight = new Set(
      queue.messages.filter(({ visibleAt }) => visibleAt > clock.now()).map(({ groupId }) => groupId),
    );
    for (const message of [...queue.messages]) {
      if (taken.length === maximum) break;
      if (message.visibleAt > clock.now()) continue;
      if (message.groupId !== undefined && inFlight.has(message.groupId)) continue;
      if (redrive && message.receiveCount >= redrive.maxReceiveCount) {
        queue.messages = queue.messages.filter((other) => other !== message);
        add(redrive.deadLetterArn, { ...message, receiveCount: 0, visibleAt: 0, receiptHandle: undefined });
        continue;
      }
      message.receiveCount += 1;
      message.firstReceivedAt ??= clock.now();
      message.visibleAt = clock.now() + visibilityTimeoutSeconds * 1000;
      counter += 1;
      message.receiptHandle = `receipt-${counter}`;
      taken.push({
        messageId: message.messageId,
        receiptHandle: message.receiptHandle,
        body: message.body,
        attributes: {
          ApproximateReceiveCount: String(message.receiveCount),
          SentTimestamp: String(message.sentAt),
          SenderId: '000000000000',
          ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
          ...(message.groupId !== undefined && { MessageGroupId: message.groupId }),
        },
        messageAttributes: message.messageAttributes,
        md5OfBody: createHash('md5').update(message.body).digest('hex'),
      });
    }
    return taken;
  }

  function store(
    queueArn: string,
    body: string,
    messageAttributes: QueueMessage['messageAttributes'],
    groupId?: string,
  ): string {
    counter += 1;
    const messageId = `message-${counter}`;
    add(queueArn, {
      messageId,
      body,
      messageAttributes,
      ...(groupId !== undefined && { groupId }),
      sentAt: clock.now(),
      visibleAt: 0,
      receiveCount: 0,
      firstReceivedAt: undefined,
      receiptHandle: undefined,
    });
    return messageId;
  }

  return {
    receives,
    waiting: () => waiting,
    create(queueArn, settings = {}) {
      queues.set(queueArn, { settings, messages: [], arrivals: new Set() });
    },
    send: (queueArn, body, messageAttributes = {}) => store(queueArn, body, messageAttributes),
    sendTo(queueArn, groupId, ...bodies) {
      for (const body of bodies) store(queueArn, body, {}, groupId);
    },
    bodies: (queueArn) => find(queueArn).messages.map(({ body }) => body),
    hidden: (queueArn) => find(queueArn).messages.filter(({ visibleAt }) => visibleAt > clock.now()).length,
    failDeletes(times) {
      deleteFailures = times;
    },
    hide(queueArn, receiptHandle, seconds) {
      const { messages, arrivals } = find(queueArn);
      const message = messages.find((other) => other.receiptHandle === receiptHandle);
      if (!message) throw new Error(`MessageNotInflight: ${receiptHandle}`);
      message.visibleAt = clock.now() + seconds * 1000;
      for (const arrive of arrivals) arrive();
    },
    async receive(queueArn, maximum, waitSeconds) {
      if (
        maximum < 1 ||
        maximum > 10 ||
        waitSeconds < 0 ||
        waitSeconds > 20 ||
        !Number.isInteger(waitSeconds)
      )
        throw new Error(`InvalidParameterValue: ${maximum}, ${waitSeconds}`);
      receives.push({ queueArn, maximum, waitSeconds });
      const end = clock.now() + waitSeconds * 1000;
      for (;;) {
        const taken = take(queueArn, maximum);
        if (taken.length > 0 || clock.now() >= end) return taken;
        const { messages, arrivals } = find(queueArn);
        const arrival = new AbortController();
        const arrive = () => arrival.abort();
        arrivals.add(arrive);
        waiting += 1;
        const visible = messages.map(({ visibleAt }) => visibleAt).filter((at) => at > clock.now());
        await clock.sleep(Math.min(end, ...visible) - clock.now(), arrival.signal);
        waiting -= 1;
        arrivals.delete(arrive);
      }
    },
    async delete(queueArn, receiptHandles) {
      if (receiptHandles.length < 1 || receiptHandles.length > 10)
        throw new Error('TooManyEntriesInBatchRequest');
      if (deleteFailures > 0) {
        deleteFailures -= 1;
        return receiptHandles;
      }
      const queue = find(queueArn);
      queue.messages = queue.messages.filter(
        ({ receiptHandle }) => receiptHandle === undefined || !receiptHandles.includes(receiptHandle),
      );
      return [];
    },
    async release(queueArn, receiptHandles) {
      const { messages, arrivals } = find(queueArn);
      for (const message of messages)
        if (message.receiptHandle !== undefined && receiptHandles.includes(message.receiptHandle))
          message.visibleAt = 0;
      for (const arrive of arrivals) arrive();
    },
    visibilityTimeout: async (queueArn) => find(queueArn).settings.visibilityTimeoutSeconds ?? 30,
  };
}
