/**
 * What this room needs from outside. The adapters beside it speak to the AWS SDK; the conformance tests use
 * in-memory ones.
 */

/** A DynamoDB attribute value as JSON: binary values are base64 strings. */
export type AttributeValue =
  | { S: string }
  | { N: string }
  | { B: string }
  | { BOOL: boolean }
  | { NULL: boolean }
  | { SS: string[] }
  | { NS: string[] }
  | { BS: string[] }
  | { L: AttributeValue[] }
  | { M: { [name: string]: AttributeValue } };

export type Item = { readonly [name: string]: AttributeValue };

/** One stream record, already in the shape Lambda hands to functions, without `eventSourceARN`. */
export interface StreamRecord {
  /** When the change happened, milliseconds since the epoch, as finely as the source knows it. */
  readonly createdAt: number;
  readonly sequenceNumber: string;
  readonly body: {
    readonly eventID: string;
    readonly eventName: string;
    readonly eventVersion: string;
    readonly eventSource: 'aws:dynamodb';
    readonly awsRegion: string;
    readonly dynamodb: {
      /** Seconds since the epoch: Lambda delivers a number, not a date. */
      readonly ApproximateCreationDateTime: number;
      readonly Keys: Item;
      readonly NewImage?: Item;
      readonly OldImage?: Item;
      readonly SequenceNumber: string;
      readonly SizeBytes: number;
      readonly StreamViewType: string;
    };
    /** Set by the service itself, for example on deletions by time to live. */
    readonly userIdentity?: { readonly type: string; readonly principalId: string };
  };
}

export interface Shard {
  readonly shardId: string;
  readonly parentShardId?: string;
}

export type ShardPosition =
  | { readonly type: 'TRIM_HORIZON' }
  | { readonly type: 'AFTER_SEQUENCE_NUMBER'; readonly sequenceNumber: string };

/**
 * DynamoDB Streams. Errors keep the service's names: `TrimmedDataAccessException` and
 * `ExpiredIteratorException` are answered by asking for a new iterator, everything else by trying again later.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html
 */
export interface StreamSource {
  shards(streamArn: string): Promise<Shard[]>;
  iterator(streamArn: string, shardId: string, position: ShardPosition): Promise<string>;
  /** At most `limit` records (1,000 and 1 MB at the service); no `next` means the shard is closed and read. */
  records(iterator: string, limit: number): Promise<{ records: StreamRecord[]; next?: string }>;
}

/** One received message in the shape Lambda hands to functions, without `eventSource…` and `awsRegion`. */
export interface QueueMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<
    Record<
      string,
      {
        stringValue?: string;
        binaryValue?: string;
        stringListValues: string[];
        binaryListValues: string[];
        dataType: string;
      }
    >
  >;
  readonly md5OfBody: string;
  readonly md5OfMessageAttributes?: string;
}

/**
 * Amazon SQS. A receive must not be cancelled half-way: a message may already have been handed out.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
 */
export interface QueueSource {
  /** At most `maximum` (1 to 10) messages, waiting up to `waitSeconds` (0 to 20, whole) for the first. */
  receive(queueArn: string, maximum: number, waitSeconds: number): Promise<QueueMessage[]>;
  /** Deletes up to 10 messages; answers the receipt handles that could not be deleted. */
  delete(queueArn: string, receiptHandles: string[]): Promise<string[]>;
  /** Makes up to 10 received messages visible again at once. */
  release(queueArn: string, receiptHandles: string[]): Promise<void>;
  /** Seconds for which a received message stays hidden. */
  visibilityTimeout(queueArn: string): Promise<number>;
}

/** Where records of given-up stream batches go. */
export interface FailureDestinations {
  sendMessage(queueArn: string, body: string): Promise<void>;
  publish(topicArn: string, message: string): Promise<void>;
  putObject(bucketArn: string, key: string, body: string): Promise<void>;
}

/**
 * How far one shard is done. Every lane works in order, so one sequence number a lane says it all: everything
 * of that lane up to and including it is resolved (succeeded, filtered out, or given up). `null`: nothing yet.
 */
export interface ShardCheckpoint {
  readonly lanes: readonly (string | null)[];
  /** The shard is closed and everything in it is resolved: its children may start. */
  readonly done: boolean;
}

/** Keeps checkpoints through restarts and kills. `save` resolves when the checkpoint would survive one. */
export interface CheckpointStore {
  load(mappingId: string): Promise<Map<string, ShardCheckpoint>>;
  save(mappingId: string, shardId: string, checkpoint: ShardCheckpoint): Promise<void>;
}

/** Takes one line for people; `error` when something was lost or needs a look. */
export type Log = (level: 'debug' | 'info' | 'warn' | 'error', message: string) => void;
