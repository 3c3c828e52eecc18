/** One line of the list. */
export interface InvocationRow {
  requestId: string;
  functionName: string;
  /** Unix milliseconds. */
  at: number;
  /** What made it: a route, `dynamodb ×3`, `sqs ×1`, or nothing that is known. */
  by: string;
  state: 'running' | 'ok' | 'failed';
  /** Of the handler. */
  milliseconds?: number;
  isColdStart?: boolean;
  /** A function's error, or the status of an API's answer. */
  outcome?: string;
}

export interface InvocationDetails extends InvocationRow {
  event: unknown;
  /** What the function answered, or how it failed. */
  answer?: unknown;
  /** In the heap afterwards, garbage included. */
  heapBytes?: number;
  memoryMegabytes?: number;
  timeoutSeconds?: number;
  log: { at: number; stream: string; line: string }[];
}

/** An invocation on request has begun. */
export interface Sent {
  requestId: string;
}

/** An event of the service's `events` folder. */
export interface Sample {
  name: string;
  /** Unknown when the event does not tell. */
  functionName?: string;
}

export interface Samples {
  samples: Sample[];
  functions: string[];
}
