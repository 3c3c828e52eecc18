import type { AlarmStateValue } from './alarm-rule.ts';

export type MissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

export interface EvaluationSettings {
  evaluationPeriods: number;
  datapointsToAlarm: number;
  treatMissingData: MissingData;
  breaches(value: number): boolean;
}

export interface Evaluated<Point> {
  /** Undefined: the state stays as it is. */
  state: AlarmStateValue | undefined;
  /** The real datapoints that decided, oldest first. */
  points: Point[];
  /** How many missing ones were counted as something. */
  filled: number;
}

/** CloudWatch looks a little further back than it evaluates; how far it does not say, its examples show two. */
export const evaluationRange = (evaluationPeriods: number): number => evaluationPeriods + 2;

/**
 * The state that datapoints mean, for an alarm on M out of N. With N real datapoints in the range the latest N
 * decide; with fewer, missing ones are counted as the alarm says, as few of them as possible. An alarm that
 * does not count missing data still goes to ALARM when all it has breaches since at least M periods.
 * @param range the datapoints of the evaluation range, oldest first
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function evaluate<Point extends { value: number | undefined }>(
  range: readonly Point[],
  settings: EvaluationSettings,
): Evaluated<Point> {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData, breaches } = settings;
  const isBreaching = ({ value }: Point) => value !== undefined && breaches(value);
  const points = range.filter(({ value }) => value !== undefined).slice(-evaluationPeriods);
  const breaching = points.filter(isBreaching).length;
  const filled = evaluationPeriods - points.length;
  const decide = (count: number): AlarmStateValue => (count >= datapointsToAlarm ? 'ALARM' : 'OK');

  if (filled === 0) return { state: decide(breaching), points, filled };
  switch (treatMissingData) {
    case 'breaching':
      return { state: decide(breaching + filled), points, filled };
    case 'notBreaching':
      return { state: decide(breaching), points, filled };
  }
  const undecided = treatMissingData === 'ignore' ? undefined : 'INSUFFICIENT_DATA';
  if (breaching >= datapointsToAlarm) return { state: 'ALARM', points, filled: 0 };
  if (breaching < points.length) return { state: 'OK', points, filled: 0 };
  const oldest = range.findIndex(isBreaching);
  const age = oldest < 0 ? 0 : range.length - oldest;
  const lasts = age >= datapointsToAlarm && treatMissingData === 'missing';
  return { state: lasts ? 'ALARM' : undecided, points, filled: 0 };
}
