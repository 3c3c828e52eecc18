/** What is sent to a function at a time. */
export type Batch = readonly { readonly identifier: string; readonly event: unknown }[];

/** What happens inside a mapping, for a console or a test that wants to follow along. */
export type MappingEvent =
  | {
      readonly type: 'invocation';
      /** Of the invocation, as the function's log has it. */
      readonly requestId: string;
      readonly mapping: string;
      readonly functionName: string;
      /** The shard, or the queue's ARN. */
      readonly source: string;
      readonly records: number;
      /** The records as the function got them, each by its sequence number or message id. */
      readonly batch: Batch;
      /** Those that the function reported as failed. */
      readonly failed?: readonly string[];
      readonly outcome: 'success' | 'partial' | 'error' | 'throttled' | 'unreachable';
      readonly detail?: string;
    }
  | { readonly type: 'filtered'; readonly mapping: string; readonly source: string; readonly records: number }
  | {
      /** The checkpoint of a stream has moved over these records. */
      readonly type: 'resolved';
      readonly mapping: string;
      readonly source: string;
      readonly records: number;
      /** Sequence number of the last of them. */
      readonly through: string;
    }
  | {
      readonly type: 'discarded';
      readonly mapping: string;
      readonly source: string;
      readonly records: number;
      readonly identifiers: readonly string[];
      readonly condition: DiscardCondition;
      /** The ARN the failure record went to. */
      readonly destination?: string;
    };

/**
 * Why a stream batch was given up. `RecordExpired` (past the stream's 24 hours) reaches no destination.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export type DiscardCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded' | 'RecordExpired';
