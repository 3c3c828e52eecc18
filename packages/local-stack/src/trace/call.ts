import type { Grant } from '../iam/evaluate.ts';
import type { ServiceName } from '../iam/operations/index.ts';

/** A call of an AWS API that a function made. Times are Unix milliseconds. */
export interface MadeCall {
  readonly functionName: string;
  /** The root of the X-Ray trace of the invocation that made it; absent when its SDK sent none. */
  readonly traceRoot: string | undefined;
  readonly service: ServiceName;
  /** For example `PutItem`. */
  readonly operation: string;
  readonly needs: readonly { readonly action: string; readonly resource: string }[];
  /** What allowed it: the statements of the role, with the part of each that did. */
  readonly grants: readonly Grant[];
  /** Why it was not passed on: a right that lacks, a switch that is on. */
  readonly stoppedBy: string | undefined;
  readonly request: Uint8Array;
  readonly began: number;
  /** Absent while it waits for its answer; the status is 0 when the connection broke. */
  readonly answer?: { readonly status: number; readonly body: Uint8Array; readonly at: number };
}

/** A trace header names the whole trace first: `Root=1-…;Parent=…;Sampled=0`. */
export const traceRootOf = (header: string): string | undefined => /Root=([^;]+)/.exec(header)?.[1];
