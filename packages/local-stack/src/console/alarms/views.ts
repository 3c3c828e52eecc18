import type { AlarmState, AlarmStateChange, Alarms } from '../../alarms/index.ts';
import type { ConsoleParts } from '../parts.ts';
import type { AlarmCause, AlarmView, IteratorAge, Series } from './wire.ts';

type Definition = NonNullable<ReturnType<Alarms['details']>>['definition'];
type Parts = Pick<ConsoleParts, 'provisioned' | 'mappings' | 'store' | 'alarms'>;

/** The metrics of an alarm: its own, or those of its expression. */
const metricsOf = (definition: Definition) => {
  if (definition.kind === 'composite') return [];
  const { Namespace, MetricName, Dimensions, Metrics } = definition.properties;
  if (Namespace !== undefined && MetricName !== undefined)
    return [{ namespace: Namespace, name: MetricName, dimensions: Dimensions }];
  return (Metrics ?? []).flatMap(({ MetricStat }) => {
    const metric = MetricStat?.Metric;
    return metric
      ? [{ namespace: metric.Namespace, name: metric.MetricName, dimensions: metric.Dimensions }]
      : [];
  });
};

const looksAt = (definition: Definition): string => {
  if (definition.kind === 'composite') return definition.properties.AlarmRule;
  const { MetricName, Statistic, ExtendedStatistic, Period, Metrics } = definition.properties;
  if (MetricName !== undefined) return `${MetricName} (${Statistic ?? ExtendedStatistic}, ${Period} s)`;
  const expression = Metrics?.find(({ ReturnData, Expression }) => ReturnData && Expression !== undefined);
  const names = metricsOf(definition).map(({ name }) => name);
  return `${expression?.Expression ?? ''} of ${[...new Set(names)].join(', ')}`;
};

const isIteratorAge = (definition: Definition): boolean =>
  metricsOf(definition).some(({ name }) => name === 'IteratorAge');

/** What the dimensions of a metric stand for in the template. */
const causesOf = (definition: Definition, parts: Parts): AlarmCause[] => {
  const { provisioned, mappings, alarms } = parts;
  if (definition.kind === 'composite') {
    // Its causes are those of the alarms in its rule that are in alarm.
    return alarms.states().flatMap(({ alarmName, state }) => {
      if (state !== 'ALARM' || !definition.properties.AlarmRule.includes(alarmName)) return [];
      const child = alarms.details(alarmName)?.definition;
      return child?.kind === 'metric' ? causesOf(child, parts) : [];
    });
  }
  const values = new Set(metricsOf(definition).flatMap(({ dimensions }) => Object.values(dimensions)));
  const readers = mappings.status().flatMap(({ id, functionName }) => (values.has(id) ? functionName : []));
  const named = new Set([...values, ...readers]);
  return [...provisioned.resources.values()].flatMap(({ logicalId, type, ref, attributes }): AlarmCause[] => {
    const name = attributes.QueueName ?? attributes.TopicName ?? ref;
    if (!named.has(name)) return [];
    if (type === 'AWS::Lambda::Function') return [{ kind: 'function', id: logicalId, name }];
    if (type === 'AWS::SQS::Queue') return [{ kind: 'queue', id: logicalId, name }];
    return ['AWS::SNS::Topic', 'AWS::DynamoDB::Table', 'AWS::ApiGatewayV2::Api'].includes(type)
      ? [{ kind: 'node', id: logicalId, name }]
      : [];
  });
};

const seriesOf = (points: readonly { timestamp: number; value: number | undefined }[]): Series => ({
  times: points.map(({ timestamp }) => timestamp / 1_000),
  values: points.map(({ value }) => value ?? null),
});

const MINUTE = 60_000;

export const alarmView = (
  state: AlarmState,
  changes: readonly AlarmStateChange[],
  from: number,
  parts: Parts,
): AlarmView | undefined => {
  const details = parts.alarms.details(state.alarmName);
  if (!details) return undefined;
  const { definition, metric } = details;
  const { description, ...rest } = state;
  const end = Math.ceil(Date.now() / MINUTE) * MINUTE;
  const period = (metric?.periodSeconds ?? 60) * 1_000;
  const start = end - Math.ceil((end - from) / period) * period;
  return {
    ...rest,
    ...(description !== undefined && { description }),
    looksAt: looksAt(definition),
    isIteratorAge: isIteratorAge(definition),
    ...(metric &&
      definition.kind === 'metric' && {
        plot: {
          threshold: definition.properties.Threshold,
          comparison: definition.properties.ComparisonOperator,
          series: seriesOf(metric.read(start, end)),
        },
      }),
    changes: changes
      .filter(({ alarmName }) => alarmName === state.alarmName)
      .map(({ timestamp, newState, reason }) => ({ at: timestamp, state: newState, reason })),
    causes: causesOf(definition, parts),
  };
};

const AGE_PERIOD_SECONDS = 10;
/** As long as metrics are kept by the second. */
const MAX_AGE_WINDOW_MS = 15 * MINUTE;

/** Of every function that reads a stream. */
export const iteratorAges = (
  { provisioned, mappings, store, alarms }: Parts,
  from: number,
  to: number,
): IteratorAge[] => {
  const definitions = alarms.states().flatMap(({ alarmName }) => alarms.details(alarmName)?.definition ?? []);
  const isLong = to - from > MAX_AGE_WINDOW_MS;
  const periodSeconds = isLong ? 60 : AGE_PERIOD_SECONDS;
  const period = periodSeconds * 1_000;
  const start = Math.floor(from / period) * period;
  const readers = new Set(
    mappings.status().flatMap(({ kind, functionName }) => (kind === 'stream' ? functionName : [])),
  );
  return [...readers].map((functionName) => {
    const metric = {
      namespace: 'AWS/Lambda',
      name: 'IteratorAge',
      dimensions: { FunctionName: functionName },
    };
    const points = store.query({ ...metric, statistic: 'Maximum', periodSeconds, start, end: to });
    const thresholds = definitions.flatMap((definition) =>
      definition.kind === 'metric' &&
      isIteratorAge(definition) &&
      metricsOf(definition).some(({ dimensions }) => dimensions.FunctionName === functionName)
        ? definition.properties.Threshold / 1_000
        : [],
    );
    return {
      functionName,
      functionId:
        provisioned.ofType('AWS::Lambda::Function').find(({ ref }) => ref === functionName)?.logicalId ??
        functionName,
      series: seriesOf(
        points.map(({ timestamp, value }) => ({
          timestamp,
          value: value === undefined ? undefined : value / 1_000,
        })),
      ),
      thresholds,
    };
  });
};
