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
   * @returns to be told of its answer: the HTTP status, 0 when the connection broke, and the body's beginning
   */
  began(judged: JudgedCall, call: Call, stoppedBy?: string): (status: number, body: Uint8Array) => void;
  calls(): readonly MadeCall[];
}

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
  };
};
