import { type Measured, type MeasuredPoint, SERVICES, type Service } from './measured.ts';
import { behaviourOf } from './quotas.ts';

const LATENCIES = {
  dynamoDb: 'dynamoDbMs',
  sns: 'snsMs',
  sqs: 'sqsMs',
  s3: 's3Ms',
} as const satisfies Record<Service, string>;

/** A straight line through two measured sizes. */
const between = (
  points: readonly MeasuredPoint[],
  records: number,
  of: (point: MeasuredPoint) => number,
): number => {
  const [only, ...others] = points;
  if (!only) throw new Error('nothing was measured');
  const upper = Math.max(
    1,
    points.findIndex((point) => point.records >= records),
  );
  const high = points.at(Math.min(upper, points.length - 1)) ?? only;
  const low = points.at(Math.max(0, points.indexOf(high) - 1)) ?? only;
  if (others.length === 0 || high === low) return of(only);
  const slope = (of(high) - of(low)) / (high.records - low.records);
  return Math.max(0, of(low) + slope * (records - low.records));
};

/** What an invocation with so many records costs and takes. */
export interface InvocationModel {
  /** Milliseconds at this memory, with AWS's own latencies in place of the engines'. */
  milliseconds(records: number, memoryMegabytes: number): number;
  /** Of the function's own lines: of each event, or of metrics and trouble only. */
  logBytes(records: number, logsEvents: boolean): number;
}

const pointsOf = (measured: Measured, functionKey: string): readonly MeasuredPoint[] => {
  const points = measured.functions[functionKey]?.points;
  if (!points) throw new Error(`${functionKey} was not measured: npm run capacity:measure`);
  return points;
};

/** The share of a processor that a function of this size has. */
export const processorShare = (memoryMegabytes: number): number =>
  Math.min(1, memoryMegabytes / behaviourOf('megabytesPerProcessor'));

/**
 * An invocation is processor time, stretched by the share of a processor that its memory brings, and round trips that
 * wait for one another.
 * @throws when the function was not measured
 */
export const invocationModel = (measured: Measured, functionKey: string): InvocationModel => {
  const points = pointsOf(measured, functionKey);
  const waiting = ({ steps }: MeasuredPoint): number =>
    SERVICES.reduce((sum, service) => sum + (steps[service] ?? 0) * behaviourOf(LATENCIES[service]), 0);
  return {
    milliseconds: (records, memoryMegabytes) =>
      between(points, records, ({ cpuMs }) => cpuMs) / processorShare(memoryMegabytes) +
      between(points, records, waiting),
    logBytes: (records, logsEvents) =>
      between(points, records, ({ logBytes, logBytesAtWarn }) => (logsEvents ? logBytes : logBytesAtWarn)),
  };
};

/** What one record brings about at the services behind a function, by the measured batch of one. */
export const unitsOfARecord = (
  measured: Measured,
  functionKey: string,
): Pick<MeasuredPoint, 'writeUnits' | 'readUnits' | 'calls'> => {
  const [point] = pointsOf(measured, functionKey);
  if (!point) throw new Error('nothing was measured');
  return point;
};

/**
 * The loop that publishes one record at a time, in milliseconds: each waits for the topic's answer, and costs a call.
 */
export const loopMilliseconds = (measured: Measured, records: number, memoryMegabytes: number): number => {
  const points = pointsOf(measured, 'broadcaster');
  const { cpuPerRecord, cpuPerCall, cpuFixed } = broadcasterCpu(points);
  return (
    (cpuFixed + records * (cpuPerRecord + cpuPerCall)) / processorShare(memoryMegabytes) +
    records * behaviourOf('snsMs')
  );
};

/** The broadcaster's processor time, taken apart: batches of 1 and 10 are one call, of 100 ten. */
const broadcasterCpu = (points: readonly MeasuredPoint[]) => {
  const cpuAt = (records: number): number => {
    const point = points.find((each) => each.records === records);
    if (!point) throw new Error(`the broadcaster was not measured with ${records} records`);
    return point.cpuMs;
  };
  const cpuPerRecord = Math.max(0, (cpuAt(10) - cpuAt(1)) / 9);
  const cpuPerCall = Math.max(0, (cpuAt(100) - cpuAt(10) - 90 * cpuPerRecord) / 9);
  return { cpuPerRecord, cpuPerCall, cpuFixed: Math.max(0, cpuAt(1) - cpuPerRecord - cpuPerCall) };
};
