import { z } from 'zod';
import { queueFilter, streamFilter } from './filter/filter.ts';
import { compilePattern } from './filter/pattern.ts';
import { InvalidPattern } from './filter/rule.ts';
import { type EventSourceMapping, eventSourceMappingId, type OnFailureDestination } from './mapping.ts';

/** CloudFormation takes numbers and booleans as strings too. */
const integer = (minimum: number, maximum: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value),
    z.int().min(minimum).max(maximum),
  );
const boolean = z.preprocess(
  (value) => (value === 'true' ? true : value === 'false' ? false : value),
  z.boolean(),
);

const pattern = z.string().superRefine((text, context) => {
  try {
    compilePattern(text);
  } catch (error) {
    if (!(error instanceof InvalidPattern)) throw error;
    context.addIssue({ code: 'custom', message: `Invalid filter pattern definition: ${error.message}` });
  }
});

/** Up to five filters, ten where the account's quota was raised. */
const filterCriteria = z.strictObject({
  Filters: z
    .array(z.strictObject({ Pattern: pattern }))
    .max(10)
    .optional(),
});

const common = {
  FunctionName: z.string().min(1),
  EventSourceArn: z.string(),
  Enabled: boolean.default(true),
  FilterCriteria: filterCriteria.optional(),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).max(1).default([]),
  MaximumBatchingWindowInSeconds: integer(0, 300).default(0),
  MetricsConfig: z.strictObject({ Metrics: z.array(z.literal('EventCount')).max(1).default([]) }).optional(),
  // Encrypts the filter criteria at rest; there is nothing at rest here.
  KmsKeyArn: z.string().optional(),
  Tags: z.array(z.unknown()).optional(),
};

const destinationArn = z
  .string()
  .regex(/^arn:aws[a-z-]*:(sqs|sns|s3):/, {
    message: 'must be the ARN of an SQS queue, an SNS topic or an S3 bucket',
  })
  .refine((arn) => !arn.endsWith('.fifo'), {
    message: 'must be a standard queue or topic: FIFO ones cannot be on-failure destinations of a stream',
  });

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html */
const streamProperties = z.strictObject({
  ...common,
  BatchSize: integer(1, 10_000).default(100),
  BisectBatchOnFunctionError: boolean.default(false),
  DestinationConfig: z
    .strictObject({ OnFailure: z.strictObject({ Destination: destinationArn }).optional() })
    .optional(),
  MaximumRecordAgeInSeconds: integer(-1, 604_800)
    .refine((seconds) => typeof seconds !== 'number' || seconds === -1 || seconds >= 60, {
      message: 'must be -1 or 60 to 604800',
    })
    .default(-1),
  MaximumRetryAttempts: integer(-1, 10_000).default(-1),
  ParallelizationFactor: integer(1, 10).default(1),
  StartingPosition: z.enum(['TRIM_HORIZON', 'LATEST']),
  TumblingWindowInSeconds: integer(0, 900)
    .refine((seconds) => seconds === 0, {
      message: 'tumbling windows are not emulated: omit the property, or set it to 0, to run locally',
    })
    .optional(),
});

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
const queueProperties = z.strictObject({
  ...common,
  BatchSize: integer(1, 10_000).default(10),
  ProvisionedPollerConfig: z
    .undefined({ error: 'provisioned pollers are not emulated: use ScalingConfig.MaximumConcurrency' })
    .optional(),
  ScalingConfig: z.strictObject({ MaximumConcurrency: integer(2, 1000).optional() }).optional(),
});

/** Properties that CloudFormation knows for other event sources. */
const elsewhere = new Set([
  ...Object.keys(streamProperties.shape),
  ...Object.keys(queueProperties.shape),
  'AmazonManagedKafkaEventSourceConfig',
  'DocumentDBEventSourceConfig',
  'LoggingConfig',
  'Queues',
  'SelfManagedEventSource',
  'SelfManagedKafkaEventSourceConfig',
  'SourceAccessConfigurations',
  'StartingPositionTimestamp',
  'Topics',
]);

function describe(issue: z.core.$ZodIssue, source: string): string[] {
  if (issue.code === 'unrecognized_keys' && issue.path.length === 0)
    return issue.keys.map((key) =>
      elsewhere.has(key)
        ? `${key}: does not apply to ${source} event sources`
        : `${key}: is not a property of AWS::Lambda::EventSourceMapping`,
    );
  return [`${issue.path.join('.')}: ${issue.message}`];
}

/** Rules between properties: read from what is there, so that they show beside every other problem. */
function crossChecks(properties: unknown, kind: 'stream' | 'queue'): string[] {
  if (kind === 'stream') return [];
  const numbers = z.object({
    BatchSize: z.coerce.number(),
    MaximumBatchingWindowInSeconds: z.coerce.number().default(0),
  });
  const parsed = numbers.safeParse(properties);
  return parsed.success && parsed.data.BatchSize > 10 && parsed.data.MaximumBatchingWindowInSeconds < 1
    ? ['MaximumBatchingWindowInSeconds: must be at least 1 when BatchSize is greater than 10']
    : [];
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
function fifoChecks(queue: z.infer<typeof queueProperties> | undefined): string[] {
  if (!queue || !isFifo(queue.EventSourceArn)) return [];
  return [
    ...(queue.BatchSize > 10 ? ['BatchSize: must be at most 10 for a FIFO queue'] : []),
    ...(queue.MaximumBatchingWindowInSeconds > 0
      ? ['MaximumBatchingWindowInSeconds: is not supported for FIFO queues']
      : []),
  ];
}

const isFifo = (queueArn: string): boolean => queueArn.endsWith('.fifo');

const functionReference =
  /^(?:arn:(?<partition>aws[a-z-]*):lambda:(?<region>[a-z0-9-]+):(?<account>\d{12}):function:|(?<partial>\d{12}):function:)?(?<name>[A-Za-z0-9-_]+)(?::(?<qualifier>[A-Za-z0-9-_$]+))?$/;

function destination(arn: string | undefined): OnFailureDestination | undefined {
  const kind = arn?.split(':')[2];
  return arn !== undefined && (kind === 'sqs' || kind === 'sns' || kind === 's3') ? { kind, arn } : undefined;
}

/**
 * Reads the resolved `Properties` of an `AWS::Lambda::EventSourceMapping` whose source is a DynamoDB stream or
 * an SQS queue. `where` names the resource (its logical id). Throws one Error that lists every problem:
 * what AWS refuses, and what AWS takes but this room does not emulate.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventsourcemapping.html
 */
export function parseEventSourceMapping(properties: unknown, where: string): EventSourceMapping {
  const refuse = (problems: string[]) =>
    new Error(
      `${where} (AWS::Lambda::EventSourceMapping):\n${problems.map((line) => `  - ${line}`).join('\n')}`,
    );

  const source = z.object({ EventSourceArn: z.string() }).safeParse(properties);
  if (!source.success) throw refuse(['EventSourceArn: must be the resolved ARN of a stream or queue']);
  const arn = source.data.EventSourceArn;
  const [, , service, region = ''] = arn.split(':');
  const isStream = service === 'dynamodb' && arn.includes('/stream/');
  if (!isStream && service !== 'sqs')
    throw refuse([`EventSourceArn: only DynamoDB streams and SQS queues are emulated, not ${arn}`]);

  const kind = isStream ? 'stream' : 'queue';
  const stream = isStream ? streamProperties.safeParse(properties) : undefined;
  const queue = isStream ? undefined : queueProperties.safeParse(properties);
  const problems = (stream?.error ?? queue?.error)?.issues.flatMap((issue) =>
    describe(issue, isStream ? 'DynamoDB' : 'Amazon SQS'),
  );
  const all = [...(problems ?? []), ...crossChecks(properties, kind), ...fifoChecks(queue?.data)];
  const values = stream?.data ?? queue?.data;
  const named = functionReference.exec(values?.FunctionName ?? '')?.groups;
  if (values && !named?.name) all.push(`FunctionName: ${values.FunctionName} is not a function name or ARN`);
  if (all.length > 0 || !values || !named?.name) throw refuse(all);

  const account = named.account ?? named.partial ?? arn.split(':')[4] ?? '';
  const qualifier = named.qualifier === undefined ? '' : `:${named.qualifier}`;
  const patterns = values.FilterCriteria?.Filters?.map((filter) => filter.Pattern) ?? [];
  const base = {
    id: eventSourceMappingId(where, arn),
    logicalId: where,
    eventSourceArn: arn,
    region,
    functionName: named.name,
    functionArn: `arn:${named.partition ?? 'aws'}:lambda:${named.region ?? region}:${account}:function:${named.name}${qualifier}`,
    enabled: values.Enabled,
    batchSize: values.BatchSize,
    batchingWindowMs: values.MaximumBatchingWindowInSeconds * 1000,
    ...(patterns.length > 0 && { filter: isStream ? streamFilter(patterns) : queueFilter(patterns) }),
    reportBatchItemFailures: values.FunctionResponseTypes.length > 0,
    eventCountMetrics: (values.MetricsConfig?.Metrics.length ?? 0) > 0,
  };

  if (stream?.data) {
    const unlimited = (value: number, factor = 1) =>
      value === -1 ? Number.POSITIVE_INFINITY : value * factor;
    const onFailure = destination(stream.data.DestinationConfig?.OnFailure?.Destination);
    return {
      ...base,
      kind: 'stream',
      startingPosition: stream.data.StartingPosition,
      parallelizationFactor: stream.data.ParallelizationFactor,
      bisectBatchOnFunctionError: stream.data.BisectBatchOnFunctionError,
      maximumRetryAttempts: unlimited(stream.data.MaximumRetryAttempts),
      maximumRecordAgeMs: unlimited(stream.data.MaximumRecordAgeInSeconds, 1000),
      ...(onFailure && { onFailure }),
    };
  }
  const maximumConcurrency = queue?.data?.ScalingConfig?.MaximumConcurrency;
  return {
    ...base,
    kind: 'queue',
    fifo: isFifo(arn),
    ...(maximumConcurrency !== undefined && { maximumConcurrency }),
  };
}
