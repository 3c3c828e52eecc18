/**
 * What of the embedded engine's insides is corrected or replaced here. They are not exported: a version that moves
 * them fails when it starts.
 */

export interface EngineMessageAttribute {
  DataType: string;
  StringValue?: string;
  BinaryValue?: string;
}

export interface EngineMessage {
  messageId: string;
  body: string;
  messageAttributes: Record<string, EngineMessageAttribute>;
  sentTimestamp: number;
  approximateReceiveCount: number;
  approximateFirstReceiveTimestamp?: number;
  md5OfBody: string;
  md5OfMessageAttributes?: string;
  messageGroupId?: string;
  messageDeduplicationId?: string;
  /** Of a FIFO queue; texts of the same length. */
  sequenceNumber?: string;
  /** Ours: the handle of the last receive, which deletes the message even after its visibility timeout. */
  lastReceiptHandle?: string;
  /** Ours: when it came into this dead-letter queue, Unix milliseconds, from where, and after how many receives. */
  movedAt?: number;
  movedFrom?: string;
  receivesBeforeMove?: number;
}

interface InFlight {
  message: EngineMessage;
  receiptHandle: string;
  visibilityDeadline: number;
  /** Ours: Unix milliseconds. */
  receivedAt?: number;
}

export interface EngineQueue {
  readonly name: string;
  readonly arn: string;
  readonly attributes: Record<string, string | undefined>;
  messages: EngineMessage[];
  delayedMessages: EngineMessage[];
  readonly inflightMessages: Map<string, InFlight>;
  /** Of a FIFO queue, by message group. */
  readonly fifoMessages: Map<string, EngineMessage[]>;
  readonly fifoDelayed: Map<string, EngineMessage[]>;
  readonly persistence?: {
    deleteMessage(messageId: string): void;
    updateMessageInflight(
      messageId: string,
      receiptHandle: string,
      visibilityDeadline: number,
      receiveCount: number,
      firstReceive: number | undefined,
    ): void;
  };
  isFifo(): boolean;
  checkDeduplication(id: string): { isDuplicate: boolean };
  recordDeduplication(id: string | undefined, messageId: string, sequenceNumber?: string): void;
  nextSequenceNumber(): string;
  hasAvailableFifoMessages(): boolean;
  enqueue(message: EngineMessage): void;
  dequeue(
    maximum: number,
    visibilityTimeout: number | undefined,
    deadLetterQueue: (arn: string) => Pick<EngineQueue, 'enqueue'> | undefined,
  ): { ReceiptHandle: string }[];
  /** Of a FIFO queue, by `dequeue`. */
  dequeueFifo: EngineQueue['dequeue'];
  deleteMessage(receiptHandle: string): boolean;
  changeVisibility(receiptHandle: string, seconds: number): void;
  getAttribute(name: string): string | undefined;
  inspectMessages(): unknown;
  processTimers(): void;
  purge(): void;
}

export interface EngineQueues {
  allQueues(): Iterable<EngineQueue>;
  getQueue(url: string): EngineQueue | undefined;
  getQueueByArn(arn: string): EngineQueue | undefined;
}

export interface EngineSubscription {
  readonly arn: string;
  readonly protocol: string;
  readonly endpoint: string;
  readonly attributes: Record<string, string | undefined>;
}

export interface EngineTopic {
  readonly name: string;
  readonly subscriptionArns: readonly string[];
  readonly attributes: Record<string, string | undefined>;
}

export interface EngineTopics {
  getTopic(arn: string): EngineTopic | undefined;
  getSubscription(arn: string): EngineSubscription | undefined;
}

/** An error that the engine answers with its code and message. */
export type ServiceErrorClass = new (code: string, message: string, statusCode?: number) => Error;

type SqsHandler = (body: Record<string, unknown>, queues: EngineQueues) => unknown;
type SnsHandler = (parameters: Record<string, string>, topics: EngineTopics, queues: EngineQueues) => unknown;

/** A class whose instances the engine makes, with the methods that are replaced. */
interface Class<Instance> {
  readonly prototype: Instance;
}

export interface EngineModules {
  readonly SqsQueue: Class<EngineQueue> &
    (new (
      name: string,
      url: string,
      arn: string,
      attributes: Record<string, string>,
    ) => EngineQueue);
  readonly SqsStore: {
    createMessage(
      body: string,
      attributes?: Record<string, EngineMessageAttribute>,
      delaySeconds?: number,
      messageGroupId?: string,
      messageDeduplicationId?: string,
    ): EngineMessage;
    contentBasedDeduplicationId(body: string): string;
  };
  readonly SqsRouter: Class<{
    readonly store: EngineQueues;
    register(action: string, handler: SqsHandler): void;
  }>;
  readonly SnsRouter: Class<{ register(action: string, handler: SnsHandler): void }>;
  readonly SqsError: ServiceErrorClass;
  readonly SnsError: ServiceErrorClass;
  readonly snsSuccessResponse: (action: string, resultXml: string) => string;
  readonly escapeXml: (text: string) => string;
  /** Tests the characters that a message may not hold. */
  readonly INVALID_MESSAGE_BODY_CHAR: RegExp;
}

/** @throws when this version of the engine keeps them elsewhere */
export const engineModules = async (): Promise<EngineModules> => {
  const engine = import.meta.resolve('fauxqs');
  const [stores, types, sqs, sns, errors, xml] = await Promise.all(
    [
      './sqs/sqsStore.js',
      './sqs/sqsTypes.js',
      './sqs/sqsRouter.js',
      './sns/snsRouter.js',
      './common/errors.js',
      './common/xml.js',
    ].map((module) => import(new URL(module, engine).href)),
  );
  return { ...stores, ...types, ...sqs, ...sns, ...errors, ...xml };
};
