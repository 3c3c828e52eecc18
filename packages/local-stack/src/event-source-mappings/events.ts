/** What happens inside a mapping, for a console or a test that wants to follow along. */
export type MappingEvent =
  | {
      readonly type: 'invocation';
      readonly mapping: string;
      readonly functionName: string;
      /** The shard, or the queue's ARN. */
      readonly source: string;
      readonly records: number;
      readonly outcome: 'success' | 'partial' | 'error' | 'throttled' | 'unreachable';
      readonly detail?: string;
    }
  | { readonly type: 'filtered'; readonly mapping: string; readonly source: string; readonly records: number }
  | {
      readonly type: 'discarded';
      readonly mapping: string;
      readonly source: string;
      readonly records: number;
      readonly condition: DiscardCondition;
      /** The ARN the failure record went to. */
      readonly destination?: string;
    };

/**
 * Why a stream batch was given up. `RecordExpired` (past the stream's 24 hours) reaches no destination.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export type DiscardCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded' | 'RecordExpired';
