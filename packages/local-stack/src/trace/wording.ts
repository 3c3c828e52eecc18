import type { MadeCall } from './call.ts';
import type { Attempt } from './evidence.ts';
import type { TraceStep } from './trace-step.ts';

/** JSON as a value; what is no JSON as the text that it is. */
export const parsedJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** The body of a call as a value. */
export const given = (bytes: Uint8Array): unknown => {
  const text = Buffer.from(bytes).toString();
  if (text.startsWith('Action=') || text.includes('&Action='))
    return Object.fromEntries(new URLSearchParams(text));
  return parsedJson(text);
};

const ERROR_CODE = /"__type"\s*:\s*"(?:[^"]*#)?([^"]+)"|<Code>([^<]+)<\/Code>/;

/** How a call came out, in a few words. */
export const callNote = ({ answer, stoppedBy }: MadeCall): string => {
  if (stoppedBy !== undefined) return stoppedBy;
  if (!answer) return 'no answer yet';
  if (answer.status === 0) return 'the connection broke';
  const [, type, code] = ERROR_CODE.exec(Buffer.from(answer.body).toString()) ?? [];
  const reason = answer.status >= 400 ? (type ?? code) : undefined;
  return reason === undefined ? `${answer.status}` : `${answer.status} ${reason}`;
};

export const statusState = ({ answer, stoppedBy }: MadeCall): TraceStep['state'] => {
  if (stoppedBy !== undefined) return 'bad';
  if (!answer) return 'waiting';
  return answer.status >= 200 && answer.status < 300 ? 'good' : 'bad';
};

const receiveCountOf = (attempt: Attempt, identifier: string): number | undefined => {
  const event = attempt.batch.find((one) => one.identifier === identifier)?.event;
  const count = Number(Object(Object(event).attributes).ApproximateReceiveCount);
  return Number.isNaN(count) ? undefined : count;
};

const sizeNote = ({ batch }: Attempt, before: Attempt | undefined): string => {
  if (before && before.batch.length > batch.length)
    return batch.length === 1
      ? `split: alone, of ${before.batch.length}`
      : `split: ${batch.length} of ${before.batch.length}`;
  if (batch.length === 1) return 'alone';
  return `with ${batch.length - 1} ${batch.length === 2 ? 'neighbour' : 'neighbours'}`;
};

/** What a try was, and what came of it for one record or message of its batch. */
export const attemptOutcome = (
  attempt: Attempt,
  identifier: string,
  before: Attempt | undefined,
  cause: string | undefined,
): Pick<TraceStep, 'note' | 'state'> => {
  const { outcome, failed, detail, batch } = attempt;
  const receives = receiveCountOf(attempt, identifier);
  const what = [receives && receives > 1 ? `attempt ${receives}` : '', sizeNote(attempt, before)]
    .filter((part) => part !== '')
    .join(', ');
  if (outcome === undefined) return { note: `${what}; runs`, state: 'waiting' };
  if (outcome === 'success') return { note: what, state: 'good' };
  if (outcome === 'partial') {
    if (failed?.includes(identifier))
      return { note: `${what}; failed: ${cause ?? 'reported'}`, state: 'bad' };
    const isStream = receives === undefined;
    const firstFailed = batch.findIndex((one) => failed?.includes(one.identifier));
    const own = batch.findIndex((one) => one.identifier === identifier);
    if (isStream && own > firstFailed)
      return { note: `${what}; is retried, because a record before it failed`, state: 'quiet' };
    return { note: `${what}; other messages of the batch failed`, state: 'good' };
  }
  return { note: `${what}; ${detail ?? cause ?? outcome}`, state: 'bad' };
};
