import type { Datapoint } from '../metrics/index.ts';
import type { AlarmStateValue } from './alarm-rule.ts';
import type { MetricAlarmProperties } from './definition.ts';
import type { Evaluated } from './evaluation.ts';

export const initialReason = 'Unchecked: Initial alarm creation';

const comparisons = {
  GreaterThanThreshold: 'greater than',
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
} as const;

/** Why a metric alarm changed its state, in CloudWatch's words. */
export function metricReason(
  properties: MetricAlarmProperties,
  { points, filled }: Evaluated<Datapoint>,
  oldState: AlarmStateValue,
  newState: AlarmStateValue,
  breaches: (value: number) => boolean,
): string {
  const { EvaluationPeriods: periods, ComparisonOperator, Threshold, TreatMissingData } = properties;
  const missing = `missing datapoint${filled === 1 ? ' was' : 's were'} treated as [${treatment[TreatMissingData]}]`;
  if (newState === 'INSUFFICIENT_DATA') {
    const unknown = periods - points.length;
    return `Insufficient Data: ${unknown} datapoint${unknown === 1 ? ' was' : 's were'} unknown.`;
  }
  if (points.length === 0) {
    const received = `no datapoints were received for ${plural(periods, 'period')}`;
    return `Threshold Crossed: ${received} and ${filled} ${missing}.`;
  }
  const deciding = points.filter(
    ({ value }) => value !== undefined && breaches(value) === (newState === 'ALARM'),
  );
  const shown = deciding
    .toReversed()
    .map(({ value = 0, timestamp }) => `${decimal(value)} (${time(timestamp)})`);
  const verb = `${deciding.length === 1 ? 'was' : 'were'}${newState === 'ALARM' ? '' : ' not'}`;
  const crossed = `${verb} ${comparisons[ComparisonOperator]} the threshold (${decimal(Threshold)})`;
  if (filled > 0) {
    const datapoints = `${plural(deciding.length, 'datapoint')} [${shown.join(', ')}]`;
    return `Threshold Crossed: ${datapoints} ${crossed} and ${filled} ${missing}.`;
  }
  const M = properties.DatapointsToAlarm ?? periods;
  const minimum = plural(newState === 'ALARM' ? M : periods - M + 1, 'datapoint');
  const last = `${deciding.length} out of the last ${points.length} datapoints`;
  return `Threshold Crossed: ${last} [${shown.join(', ')}] ${crossed} (minimum ${minimum} for ${oldState} -> ${newState} transition).`;
}

/** Why a composite alarm changed its state: the alarm of its rule that changed last. */
export function compositeReason(alarmName: string, state: AlarmStateValue, timestamp: number): string {
  const date = new Date(timestamp);
  const day = new Intl.DateTimeFormat('en-GB', {
    weekday: 'long',
    day: '2-digit',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  const parts = new Map(day.formatToParts(date).map(({ type, value }) => [type, value]));
  const spoken = `${parts.get('weekday')} ${parts.get('day')} ${parts.get('month')}, ${parts.get('year')}`;
  return `${alarmName} transitioned to ${state} at ${spoken} ${date.toISOString().slice(11, 19)} UTC`;
}

const treatment = {
  breaching: 'Breaching',
  notBreaching: 'NonBreaching',
  missing: 'Missing',
  ignore: 'Ignore',
} as const;

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** As Java prints a double. */
const decimal = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

function time(timestamp: number): string {
  const [date = '', clock = ''] = new Date(timestamp).toISOString().split('T');
  const [year = '', month, day] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${clock.slice(0, 8)}`;
}
