import { randomUUID } from 'node:crypto';
import type { InvocationResult } from '../lambda-runtime/invocation.ts';
import type { QueuedEvent } from './event-store.ts';

/** Why an event left the queue. */
export type Condition = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded' | 'ZeroReservedConcurrency';

/** What the function answered last, if it ran at all. */
export type LastResult = Exclude<InvocationResult, { kind: 'throttled' }> | undefined;

/** What the function answered, as the Invoke API gives it. */
export const responsePayload = (result: Exclude<LastResult, undefined>): unknown => {
  if (result.kind === 'success') return result.payload;
  const { errorType, errorMessage, trace } = result;
  return { errorMessage, errorType, ...(trace && { trace }) };
};

/**
 * The record of an asynchronous invocation that its destination gets.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export const invocationRecord = (
  { requestId, payload, invocations }: QueuedEvent,
  functionArn: string,
  condition: Condition,
  result: LastResult,
  now: number,
) => ({
  version: '1.0',
  timestamp: new Date(now).toISOString(),
  requestContext: {
    requestId,
    functionArn: `${functionArn}:$LATEST`,
    condition,
    approximateInvokeCount: invocations,
  },
  requestPayload: payload,
  ...(result && {
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      functionError: result.kind === 'error' ? 'Unhandled' : null,
    },
    responsePayload: responsePayload(result),
  }),
});
export type InvocationRecord = ReturnType<typeof invocationRecord>;

/**
 * `aws/lambda/async/<function name>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<random UUID>`
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export const recordKey = (functionName: string, now: number): string => {
  const [date = '', time = ''] = new Date(now).toISOString().slice(0, 19).split('T');
  const name = `${date}T${time.replaceAll(':', '.')}-${randomUUID()}`;
  return `aws/lambda/async/${functionName}/${date.replaceAll('-', '/')}/${name}`;
};

/** Attributes of an event in a dead-letter queue. */
export interface DeadLetterAttributes {
  readonly RequestID: string;
  /** The HTTP status code of the last try. */
  readonly ErrorCode: string;
  /** The first 1 KB of the error message. */
  readonly ErrorMessage: string;
}

const MAX_MESSAGE_BYTES = 1_024;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq */
export const deadLetterAttributes = (requestId: string, result: LastResult): DeadLetterAttributes => ({
  RequestID: requestId,
  ErrorCode: result ? '200' : '429',
  ErrorMessage:
    result?.kind === 'error'
      ? Buffer.from(result.errorMessage).subarray(0, MAX_MESSAGE_BYTES).toString()
      : 'Rate Exceeded.',
});
