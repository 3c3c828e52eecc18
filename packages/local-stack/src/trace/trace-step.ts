/** One step of a trace. Times are Unix milliseconds. */
export interface TraceStep {
  /** Unique in its trace. */
  id: string;
  /** The step that it came from; the first has none. */
  parent?: string;
  depth: number;
  kind: 'request' | 'invocation' | 'call' | 'record' | 'message' | 'subscription' | 'wait' | 'end';
  /** What happened, as AWS names it: `PutItem`, `POST /orders`. */
  title: string;
  /** Where: a logical id of the template. */
  place?: string;
  /** How it came out, in a few words. */
  note: string;
  state: 'good' | 'bad' | 'waiting' | 'quiet';
  at: number;
  /** Absent while it is running. */
  until?: number;
  facts: { name: string; value: string }[];
  /** Its JSON, by what it is: `event`, `answer`. */
  json: { name: string; value: unknown }[];
  /** Lines of the function's log. */
  log: string[];
}

export interface Trace {
  /** Names its first step, to ask for it again. */
  root: string;
  steps: TraceStep[];
  /** Whether there were more steps than are shown. */
  isCut: boolean;
}

/** A trace in the list of the latest. */
export interface TraceSummary {
  root: string;
  title: string;
  place?: string;
  note: string;
  state: TraceStep['state'];
  at: number;
}
