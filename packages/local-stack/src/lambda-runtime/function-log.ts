/** One line of a function's log. */
export interface FunctionLogLine {
  functionName: string;
  logStreamName: string;
  /** Absent for lines written while the function was loading. */
  requestId?: string;
  /** `platform` for what Lambda itself writes: timeouts, lost environments. */
  stream: 'stdout' | 'stderr' | 'platform';
  /** Without the newline. */
  line: string;
  /** Milliseconds since the Unix epoch. */
  timestamp: number;
}

/** Takes the lines of every function in the order in which they were written; must not throw. */
export type FunctionLogSink = (line: FunctionLogLine) => void;
