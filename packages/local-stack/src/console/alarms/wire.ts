export type AlarmStateName = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** Where to look for what caused an alarm. */
export interface AlarmCause {
  kind: 'function' | 'queue' | 'node';
  /** The logical id. */
  id: string;
  /** The physical name. */
  name: string;
}

/** Columns of a plot: Unix seconds, and values of which some are missing. */
export interface Series {
  times: number[];
  values: (number | null)[];
}

export interface AlarmView {
  alarmName: string;
  logicalId: string;
  description?: string;
  state: AlarmStateName;
  reason: string;
  /** Unix milliseconds. */
  since: number;
  /** Metrics that never have data on this machine: the alarm cannot fire here. */
  withoutData: readonly string[];
  /** In words: `IteratorAge (Maximum, 60 s)`, or the rule of a composite alarm. */
  looksAt: string;
  isIteratorAge: boolean;
  /** Absent for a composite alarm. */
  plot?: { threshold: number; comparison: string; series: Series };
  /** When it changed its state, oldest first. */
  changes: { at: number; state: AlarmStateName; reason: string }[];
  causes: AlarmCause[];
}

/** The age of the last record of each batch, by the function that reads the stream. */
export interface IteratorAge {
  functionName: string;
  functionId: string;
  /** In seconds. */
  series: Series;
  /** In seconds: of the alarms that look at it. */
  thresholds: number[];
}

export interface AlarmsView {
  /** Unix milliseconds. */
  from: number;
  to: number;
  iteratorAges: IteratorAge[];
  alarms: AlarmView[];
}
