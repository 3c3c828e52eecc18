import type { RecordedInvocation } from '../../trace/recorder.ts';
import type { InvocationDetails, InvocationRow } from './wire.ts';

/** Where in an event its kind stands: further on are the contents. */
const HEAD_CHARACTERS = 4_000;

/** What made an invocation, as its event tells; the event is not parsed, since there may be hundreds a second. */
const madeBy = (event: string): string => {
  const head = event.slice(0, HEAD_CHARACTERS);
  const route = /"routeKey":"([^"]+)"/.exec(head)?.[1];
  if (route !== undefined) return route;
  // SNS begins the name with a capital.
  const [, name = '', source] = /"([eE]ventSource)":"aws:(\w+)"/.exec(event) ?? [];
  if (source === undefined) return '';
  return `${source} ×${event.split(`"${name}":"aws:${source}"`).length - 1}`;
};

const statusOf = (payload: unknown): number | undefined =>
  typeof payload === 'object' &&
  payload !== null &&
  'statusCode' in payload &&
  typeof payload.statusCode === 'number'
    ? payload.statusCode
    : undefined;

const outcomeOf = ({
  answer,
}: Pick<RecordedInvocation, 'answer'>): Pick<InvocationRow, 'state' | 'outcome'> => {
  if (!answer) return { state: 'running' };
  const { result } = answer;
  if (result.kind === 'error')
    return { state: 'failed', outcome: `${result.errorType}: ${result.errorMessage}` };
  if (result.kind === 'throttled') return { state: 'failed', outcome: 'throttled' };
  const status = statusOf(result.payload);
  if (status !== undefined) return { state: status >= 500 ? 'failed' : 'ok', outcome: String(status) };
  const failures = failedItems(result.payload);
  return failures > 0 ? { state: 'failed', outcome: `${failures} of the batch failed` } : { state: 'ok' };
};

const failedItems = (payload: unknown): number =>
  typeof payload === 'object' &&
  payload !== null &&
  'batchItemFailures' in payload &&
  Array.isArray(payload.batchItemFailures)
    ? payload.batchItemFailures.length
    : 0;

export const rowOf = (
  recorded: Pick<RecordedInvocation, 'requestId' | 'functionName' | 'at' | 'event' | 'answer'>,
): InvocationRow => {
  const { requestId, functionName, at, event, answer } = recorded;
  return {
    ...{ requestId, functionName, at, by: madeBy(event) },
    ...outcomeOf(recorded),
    ...(answer?.ran && { milliseconds: answer.ran.milliseconds, isColdStart: answer.ran.isColdStart }),
  };
};

export const detailsOf = (recorded: RecordedInvocation): InvocationDetails => {
  const { answer } = recorded;
  return {
    ...rowOf(recorded),
    event: JSON.parse(recorded.event),
    ...(answer && { answer: answer.result.kind === 'success' ? answer.result.payload : answer.result }),
    ...(answer?.heapBytes !== undefined && { heapBytes: answer.heapBytes }),
    log: recorded.log.map(({ timestamp, stream, line }) => ({ at: timestamp, stream, line })),
  };
};

/** Whether an invocation contains a text in its id, function, event or log, ignoring case. */
export const mentions = (recorded: RecordedInvocation, lowerCased: string): boolean =>
  [recorded.requestId, recorded.functionName, recorded.event, ...recorded.log.map(({ line }) => line)].some(
    (text) => text.toLowerCase().includes(lowerCased),
  );
