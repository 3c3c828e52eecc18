import type { Condition } from './invocation-record.ts';

/** What happens to an event in the queue of a function, for a console or a test that wants to follow along. */
export type AsynchronousEvent = { readonly requestId: string; readonly functionName: string } & (
  | {
      readonly type: 'accepted';
      /** The ARN of the rule or schedule that sent it. */
      readonly sender?: string;
    }
  | {
      readonly type: 'put back';
      readonly because: 'error' | 'throttled' | 'unreachable';
      readonly detail: string;
      /** Unix milliseconds. */
      readonly nextAt: number;
    }
  | {
      readonly type: 'ended';
      readonly condition: Condition;
      /** The destinations that failed, with the reason. */
      readonly sent: readonly { readonly arn: string; readonly error?: string }[];
    }
);
