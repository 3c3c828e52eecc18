import type { Call } from '../engine-proxy/proxy.ts';
import type { JudgedCall } from '../iam/judge.ts';
import { type MadeCall, traceRootOf } from './call.ts';
import { createRing } from './ring.ts';

const MAX_CALLS = 6_000;
const MAX_BYTES = 24 * 1024 * 1024;
/** Of one body: what is longer is cut. */
const MAX_BODY_BYTES = 32 * 1024;
/** Of answers that are still out when a call is put into the ring. */
const ROOM_FOR_ANSWER = 1_024;

/** The latest calls of functions, kept where they pass. */
export interface CallRecorder {
  /**
   * Notes a call that is passed on, or answered here.
   * @returns a function to call with the response: the HTTP status, 0 when the connection broke, and the beginning of the body
   */
  began(judged: JudgedCall, call: Call, stoppedBy?: string): (status: number, body: Uint8Array) => void;
  calls(): readonly MadeCall[];
  /** The latest minute of every resource that functions called, as far back as calls are kept. */
  activity(): ResourceActivity[];
}

/** What functions did with one resource. */
export interface ResourceActivity {
  /** ARN of a table, topic, queue, bucket or secret, including what it contains. */
  readonly resource: string;
  readonly perSecond: number;
  /** Calls of the last minute that were refused, broke off or were answered with an error. */
  readonly failed: number;
}

const RATE_MILLISECONDS = 5_000;
const FAILED_MILLISECONDS = 60_000;

/** Indexes and streams belong to their table, objects to their bucket. */
const resourceOf = (arn: string): string =>
  arn.replace(/^(arn:aws:dynamodb:.*:table\/[^/]+)\/.*$/, '$1').replace(/^(arn:aws:s3:::[^/]+)\/.*$/, '$1');

/** What is missing, or is not as a condition says, is an answer like others. */
const hasFailed = ({ stoppedBy, answer }: MadeCall): boolean => {
  if (stoppedBy !== undefined) return true;
  if (answer === undefined || answer.status === 404) return false;
  if (answer.status !== 400) return answer.status === 0 || answer.status > 400;
  return !Buffer.from(answer.body).includes('ConditionalCheckFailed');
};

/** @param now Unix milliseconds */
const activityOf = (calls: readonly MadeCall[], now: number): ResourceActivity[] => {
  const found = new Map<string, { calls: number; failed: number }>();
  for (const call of calls) {
    const age = now - call.began;
    if (age > FAILED_MILLISECONDS) continue;
    for (const resource of new Set(call.needs.map((need) => resourceOf(need.resource)))) {
      const counts = found.get(resource) ?? { calls: 0, failed: 0 };
      if (age <= RATE_MILLISECONDS) counts.calls += 1;
      if (hasFailed(call)) counts.failed += 1;
      found.set(resource, counts);
    }
  }
  return [...found].map(([resource, counts]) => ({
    resource,
    perSecond: (counts.calls * 1_000) / RATE_MILLISECONDS,
    failed: counts.failed,
  }));
};

type Recorded = { -readonly [Key in keyof MadeCall]: MadeCall[Key] };

/** A copy: the bytes of a socket are a window of a larger buffer, which would be kept with them. */
const kept = (bytes: Uint8Array): Uint8Array => Uint8Array.prototype.slice.call(bytes, 0, MAX_BODY_BYTES);

export const recordCalls = (): CallRecorder => {
  const ring = createRing<Recorded>({
    maximumItems: MAX_CALLS,
    maximumSize: MAX_BYTES,
    sizeOf: ({ request }) => request.length + ROOM_FOR_ANSWER,
  });
  return {
    began(judged, { headers, requestBody }, stoppedBy) {
      const recorded: Recorded = {
        ...judged,
        // What the context of a need is read from is left to be collected.
        needs: judged.needs.map(({ action, resource }) => ({ action, resource })),
        traceRoot: traceRootOf(String(headers['x-amzn-trace-id'] ?? '')),
        stoppedBy,
        request: kept(requestBody),
        began: Date.now(),
      };
      ring.push(recorded);
      return (status, body) => {
        recorded.answer = { status, body: kept(body), at: Date.now() };
      };
    },
    calls: ring.items,
    activity: () => activityOf(ring.items(), Date.now()),
  };
};
