import { z } from 'zod';

/** An alarm of the template, every intrinsic resolved. */
export interface AlarmResource {
  logicalId: string;
  /** `AWS::CloudWatch::Alarm` or `AWS::CloudWatch::CompositeAlarm`. */
  type: string;
  properties: unknown;
}

const dimensions = z
  .array(z.object({ Name: z.string(), Value: z.coerce.string() }))
  .default([])
  .transform(
    (list): Record<string, string> => Object.fromEntries(list.map(({ Name, Value }) => [Name, Value])),
  );

/** A template may hold booleans as text. */
const flag = z.union([z.boolean(), z.stringbool()]);

const actions = {
  AlarmName: z.string().optional(),
  AlarmDescription: z.string().optional(),
  ActionsEnabled: flag.default(true),
  AlarmActions: z.array(z.string()).default([]),
  OKActions: z.array(z.string()).default([]),
  InsufficientDataActions: z.array(z.string()).default([]),
};

const dataQuery = z.object({
  Id: z.string(),
  Expression: z.string().optional(),
  Period: z.coerce.number().optional(),
  ReturnData: flag.default(true),
  MetricStat: z
    .object({
      Metric: z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions: dimensions }),
      Period: z.coerce.number().int().positive(),
      Stat: z.string(),
    })
    .optional(),
});

export const comparisonOperators = [
  'GreaterThanThreshold',
  'GreaterThanOrEqualToThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const;

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudwatch-alarm.html */
const metricAlarm = z.object({
  ...actions,
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: dimensions,
  Statistic: z.enum(['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum']).optional(),
  ExtendedStatistic: z.string().optional(),
  Period: z.coerce.number().int().positive().optional(),
  EvaluationPeriods: z.coerce.number().int().positive(),
  DatapointsToAlarm: z.coerce.number().int().positive().optional(),
  Threshold: z.coerce.number(),
  ComparisonOperator: z.enum(comparisonOperators),
  TreatMissingData: z.enum(['missing', 'ignore', 'breaching', 'notBreaching']).default('missing'),
  EvaluateLowSampleCountPercentile: z.enum(['evaluate', 'ignore']).default('evaluate'),
  Metrics: z.array(dataQuery).optional(),
});
export type MetricAlarmProperties = z.infer<typeof metricAlarm>;
export type DataQuery = z.infer<typeof dataQuery>;

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cloudwatch-compositealarm.html */
const compositeAlarm = z.object({
  ...actions,
  AlarmRule: z.string(),
  ActionsSuppressor: z.undefined({ error: 'an actions suppressor is not supported' }).optional(),
});
export type CompositeAlarmProperties = z.infer<typeof compositeAlarm>;

export type AlarmDefinition = { name: string; logicalId: string } & (
  | { kind: 'metric'; properties: MetricAlarmProperties }
  | { kind: 'composite'; properties: CompositeAlarmProperties }
);

/** @throws Error naming the alarm and the property */
export function parseAlarm({ logicalId, type, properties }: AlarmResource): AlarmDefinition {
  const refuse = (error: z.ZodError) => new Error(`The alarm ${logicalId}: ${z.prettifyError(error)}`);
  if (type === 'AWS::CloudWatch::CompositeAlarm') {
    const parsed = compositeAlarm.safeParse(properties);
    if (!parsed.success) throw refuse(parsed.error);
    const name = parsed.data.AlarmName ?? logicalId;
    return { name, logicalId, kind: 'composite', properties: parsed.data };
  }
  const parsed = metricAlarm.safeParse(properties);
  if (!parsed.success) throw refuse(parsed.error);
  return { name: parsed.data.AlarmName ?? logicalId, logicalId, kind: 'metric', properties: parsed.data };
}
