import { type Clock, systemClock } from '../clock.ts';
import type { MetricStore } from '../metrics/index.ts';
import { type AlarmMetric, createAlarmMetric } from './alarm-metric.ts';
import { type AlarmRule, type AlarmStateValue, compileAlarmRule } from './alarm-rule.ts';
import {
  type AlarmDefinition,
  type AlarmResource,
  type comparisonOperators,
  parseAlarm,
} from './definition.ts';
import { evaluate as evaluateDatapoints, evaluationRange } from './evaluation.ts';
import { compositeReason, initialReason, metricReason } from './reason.ts';

export interface AlarmState {
  alarmName: string;
  logicalId: string;
  description: string | undefined;
  state: AlarmStateValue;
  reason: string;
  /** When it came into that state, in milliseconds since the Unix epoch. */
  since: number;
  /** The metrics that it looks at, when none of them ever has data on this machine: it cannot fire. */
  withoutData: readonly string[];
}

export interface AlarmStateChange {
  alarmName: string;
  logicalId: string;
  oldState: AlarmStateValue;
  newState: AlarmStateValue;
  reason: string;
  timestamp: number;
  /** What the alarm notifies of the new state, for example the ARN of a topic; empty when actions are off. */
  actions: readonly string[];
}

export interface Alarms {
  /** Every alarm, in the order of the template. */
  states(): AlarmState[];
  state(alarmName: string): AlarmState | undefined;
  /** What an alarm looks at; a composite one has no metric. */
  details(alarmName: string): { definition: AlarmDefinition; metric: AlarmMetric | undefined } | undefined;
  /** Evaluates every alarm as of now. `start` does so by itself. */
  evaluate(): void;
  /** Evaluates at every full minute (every ten seconds when an alarm has a shorter period) until `stop`. */
  start(): void;
  stop(): void;
}

type Comparison = (value: number, threshold: number) => boolean;
const comparisons: Readonly<Record<(typeof comparisonOperators)[number], Comparison>> = {
  GreaterThanThreshold: (value, threshold) => value > threshold,
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Data of the period that has just ended may still be on their way. */
const settleMilliseconds = 1000;

interface Alarm {
  definition: AlarmDefinition;
  metric: AlarmMetric | undefined;
  current: AlarmState;
  /** Evaluates at a time; the new state and its reason, or undefined when it stays. */
  next(now: number): { state: AlarmStateValue; reason: string } | undefined;
}

/**
 * Evaluates the alarms of a template against a metric store as CloudWatch does. Each starts as
 * INSUFFICIENT_DATA; windows end at full minutes (at full ten seconds for periods shorter than a minute).
 * @throws Error naming the alarm for a property, statistic, expression or rule that is wrong or not supported
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export function createAlarms(options: {
  alarms: readonly AlarmResource[];
  store: MetricStore;
  clock?: Clock;
  onStateChange: (change: AlarmStateChange) => void;
}): Alarms {
  const { store, clock = systemClock, onStateChange } = options;
  const definitions = options.alarms.map(parseAlarm);
  const alarms = new Map<string, Alarm>();
  let stopping: AbortController | undefined;
  let interval = 60_000;

  const addMetricAlarm = (definition: AlarmDefinition & { kind: 'metric' }) => {
    const { properties } = definition;
    const metric = named(definition, () => createAlarmMetric(properties, store));
    if (metric.periodSeconds < 60) interval = 10_000;
    const compare = comparisons[properties.ComparisonOperator];
    const breaches = (value: number) => compare(value, properties.Threshold);
    add(definition, metric, (now) => nextOfMetric(definition, metric, breaches, now));
  };

  const nextOfMetric = (
    { name, properties }: AlarmDefinition & { kind: 'metric' },
    metric: AlarmMetric,
    breaches: (value: number) => boolean,
    now: number,
  ) => {
    const { EvaluationPeriods: evaluationPeriods } = properties;
    const alignment = metric.periodSeconds < 60 ? 10_000 : 60_000;
    const end = Math.floor(now / alignment) * alignment;
    const start = end - evaluationRange(evaluationPeriods) * metric.periodSeconds * 1000;
    const ignoresFewSamples = properties.EvaluateLowSampleCountPercentile === 'ignore';
    if (ignoresFewSamples && metric.hasFewSamples(start, end)) return undefined;
    const evaluated = evaluateDatapoints(metric.read(start, end), {
      evaluationPeriods,
      datapointsToAlarm: properties.DatapointsToAlarm ?? evaluationPeriods,
      // CloudWatch ignores missing data of this namespace whatever the alarm says.
      treatMissingData: metric.namespaces.has('AWS/DynamoDB') ? 'ignore' : properties.TreatMissingData,
      breaches,
    });
    const oldState = alarms.get(name)?.current.state ?? 'INSUFFICIENT_DATA';
    const { state } = evaluated;
    if (state === undefined || state === oldState) return undefined;
    return { state, reason: metricReason(properties, evaluated, oldState, state, breaches) };
  };

  const addCompositeAlarm = (definition: AlarmDefinition & { kind: 'composite' }, rule: AlarmRule) => {
    const stateOf = (alarmName: string) => alarms.get(alarmName)?.current.state ?? 'INSUFFICIENT_DATA';
    add(definition, undefined, () => {
      const state = rule.holds(stateOf) ? 'ALARM' : 'OK';
      if (state === stateOf(definition.name)) return undefined;
      const [latest] = [...rule.alarmNames]
        .flatMap((alarmName) => alarms.get(alarmName)?.current ?? [])
        .sort((a, b) => b.since - a.since);
      const reason =
        latest === undefined
          ? `The rule is always ${rule.holds(stateOf) ? 'TRUE' : 'FALSE'}`
          : compositeReason(latest.alarmName, latest.state, latest.since);
      return { state, reason };
    });
  };

  const add = (definition: AlarmDefinition, metric: AlarmMetric | undefined, next: Alarm['next']) => {
    const { name, logicalId, properties } = definition;
    alarms.set(name, {
      definition,
      metric,
      next,
      current: {
        alarmName: name,
        logicalId,
        description: properties.AlarmDescription,
        state: 'INSUFFICIENT_DATA',
        reason: initialReason,
        since: clock.now(),
        withoutData: metric?.withoutData ?? [],
      },
    });
  };

  const names = new Set<string>();
  for (const { name, logicalId } of definitions) {
    if (names.has(name))
      throw new Error(`The alarm ${logicalId}: another alarm already has the name ${name}`);
    names.add(name);
  }
  for (const definition of definitions) if (definition.kind === 'metric') addMetricAlarm(definition);
  for (const [definition, rule] of orderedComposites(definitions)) addCompositeAlarm(definition, rule);

  const evaluate = () => {
    const timestamp = clock.now();
    for (const alarm of alarms.values()) {
      const next = alarm.next(timestamp);
      if (next === undefined) continue;
      const { alarmName, logicalId, state: oldState } = alarm.current;
      alarm.current = { ...alarm.current, ...next, since: timestamp };
      const { properties } = alarm.definition;
      const actions = {
        ALARM: properties.AlarmActions,
        OK: properties.OKActions,
        INSUFFICIENT_DATA: properties.InsufficientDataActions,
      }[next.state];
      onStateChange({
        alarmName,
        logicalId,
        oldState,
        newState: next.state,
        reason: next.reason,
        timestamp,
        actions: properties.ActionsEnabled ? actions : [],
      });
    }
  };

  const run = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      await clock.sleep(interval - (clock.now() % interval) + settleMilliseconds, signal);
      if (!signal.aborted) evaluate();
    }
  };

  return {
    states: () => definitions.flatMap(({ name }) => alarms.get(name)?.current ?? []),
    state: (alarmName) => alarms.get(alarmName)?.current,
    details: (alarmName) => alarms.get(alarmName),
    evaluate,
    start: () => {
      if (stopping !== undefined) return;
      stopping = new AbortController();
      void run(stopping.signal);
    },
    stop: () => {
      stopping?.abort();
      stopping = undefined;
    },
  };
}

/** Composite alarms after those that their rules look at. */
function orderedComposites(
  definitions: readonly AlarmDefinition[],
): [AlarmDefinition & { kind: 'composite' }, AlarmRule][] {
  const known = new Set(definitions.flatMap(({ kind, name }) => (kind === 'metric' ? name : [])));
  let waiting = definitions.flatMap((definition) =>
    definition.kind === 'composite'
      ? [[definition, named(definition, () => compileAlarmRule(definition.properties.AlarmRule))] as const]
      : [],
  );
  const ordered: [AlarmDefinition & { kind: 'composite' }, AlarmRule][] = [];
  while (waiting.length > 0) {
    const ready = waiting.filter(([, { alarmNames }]) => [...alarmNames].every((name) => known.has(name)));
    const [stuck] = waiting;
    if (ready.length === 0 && stuck !== undefined) {
      const [{ logicalId }, { alarmNames }] = stuck;
      const missing = [...alarmNames].filter((name) => !known.has(name)).join(', ');
      throw new Error(
        `The alarm ${logicalId}: its rule looks at ${missing}, which is not there or looks back at it`,
      );
    }
    for (const [definition, rule] of ready) {
      ordered.push([definition, rule]);
      known.add(definition.name);
    }
    waiting = waiting.filter((entry) => !ready.includes(entry));
  }
  return ordered;
}

function named<T>({ logicalId }: AlarmDefinition, make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw new Error(`The alarm ${logicalId}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}
