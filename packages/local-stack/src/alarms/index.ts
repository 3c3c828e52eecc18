/** CloudWatch alarms for one machine: the template's metric and composite alarms, evaluated against a metric store. */
export type { AlarmStateValue } from './alarm-rule.ts';
export { type AlarmState, type AlarmStateChange, type Alarms, createAlarms } from './alarms.ts';
export type { AlarmResource } from './definition.ts';
