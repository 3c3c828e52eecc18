import { z } from 'zod';
import type { CompiledTemplate } from '#tests/support/compiled-service.ts';
import {
  FunctionProperties,
  GetAtt,
  ofType,
  QueueProperties,
  RedrivePolicy,
  Ref,
  STACKS,
  stackNames,
} from './stacks.ts';

const Mapping = z.object({
  FunctionName: GetAtt('Arn'),
  Enabled: z.literal(true),
  BatchSize: z.number(),
  MaximumBatchingWindowInSeconds: z.number(),
  FunctionResponseTypes: z.tuple([z.literal('ReportBatchItemFailures')]),
});
const QueueMapping = Mapping.extend({
  EventSourceArn: GetAtt('Arn'),
  ScalingConfig: z.object({ MaximumConcurrency: z.number().min(2).max(1000) }),
});
const StreamMapping = Mapping.extend({
  EventSourceArn: GetAtt('StreamArn'),
  StartingPosition: z.literal('TRIM_HORIZON'),
  ParallelizationFactor: z.number(),
  BisectBatchOnFunctionError: z.literal(true),
  MaximumRetryAttempts: z.number().nonnegative(),
  MaximumRecordAgeInSeconds: z.number().positive(),
  MetricsConfig: z.object({ Metrics: z.tuple([z.literal('EventCount')]) }),
  DestinationConfig: z.object({ OnFailure: z.object({ Destination: GetAtt('Arn') }) }),
});

const mappingsOf = <Schema extends z.ZodType>(
  template: CompiledTemplate,
  attribute: string,
  schema: Schema,
) =>
  ofType(
    { ...template, Resources: withSource(template, attribute) },
    'AWS::Lambda::EventSourceMapping',
    schema,
  );
const withSource = ({ Resources }: CompiledTemplate, attribute: string) =>
  Object.fromEntries(
    Object.entries(Resources).filter(
      ([, { Properties }]) => GetAtt(attribute).safeParse(Properties.EventSourceArn).success,
    ),
  );

const queuesOf = (template: CompiledTemplate) => ofType(template, 'AWS::SQS::Queue', QueueProperties);
const functionOf = (template: CompiledTemplate, id: string) =>
  FunctionProperties.parse(template.Resources[id]?.Properties);

const Subscription = z.object({
  Protocol: z.literal('sqs'),
  Endpoint: GetAtt('Arn'),
  RawMessageDelivery: z.literal(true),
  FilterPolicyScope: z.literal('MessageAttributes'),
  FilterPolicy: z.record(z.string(), z.array(z.unknown()).min(1)),
  RedrivePolicy,
});

describe.each(stackNames)('delivery: %s', (name) => {
  test('every queue that a function reads has a dead-letter queue that keeps messages longer', async () => {
    const { template } = await STACKS[name]();
    const queues = new Map(queuesOf(template).map(({ id, properties }) => [id, properties]));
    const read = mappingsOf(template, 'Arn', QueueMapping).map(({ properties }) => properties.EventSourceArn);
    expect(read.length).toBeGreaterThanOrEqual(3);
    for (const id of read) {
      const queue = queues.get(id);
      const deadLetterQueue = queues.get(queue?.RedrivePolicy?.deadLetterTargetArn ?? '');
      expect(deadLetterQueue?.MessageRetentionPeriod).toBeGreaterThan(
        queue?.MessageRetentionPeriod ?? Infinity,
      );
      // At least five, so that throttled deliveries do not count a message out.
      expect(queue?.RedrivePolicy?.maxReceiveCount).toBeGreaterThanOrEqual(5);
    }
    const served = [...queues.values()].flatMap(
      ({ RedrivePolicy: policy }) => policy?.deadLetterTargetArn ?? [],
    );
    expect(new Set(served).size).toBe(served.length);
  });

  test('a message stays hidden for six timeouts and the batching window', async () => {
    const { template } = await STACKS[name]();
    const queues = new Map(queuesOf(template).map(({ id, properties }) => [id, properties]));
    for (const { properties } of mappingsOf(template, 'Arn', QueueMapping)) {
      const { Timeout } = functionOf(template, properties.FunctionName);
      expect(queues.get(properties.EventSourceArn)?.VisibilityTimeout).toBeGreaterThanOrEqual(
        6 * Timeout + properties.MaximumBatchingWindowInSeconds,
      );
    }
  });

  test('a batch of more than ten messages has a window to fill in', async () => {
    const { template } = await STACKS[name]();
    for (const { properties } of mappingsOf(template, 'Arn', QueueMapping)) {
      if (properties.BatchSize > 10)
        expect(properties.MaximumBatchingWindowInSeconds).toBeGreaterThanOrEqual(1);
    }
  });

  test('the stream mapping says everything, and gives up into a bucket before the stream forgets', async () => {
    const { template } = await STACKS[name]();
    const mappings = mappingsOf(template, 'StreamArn', StreamMapping);
    expect(mappings).toHaveLength(1);
    for (const { properties } of mappings) {
      expect(template.Resources[properties.DestinationConfig.OnFailure.Destination]?.Type).toBe(
        'AWS::S3::Bucket',
      );
      expect(properties.MaximumRecordAgeInSeconds).toBeLessThan(24 * 60 * 60);
    }
  });

  test('the mapping of the stream may write to its on-failure destination', async () => {
    const { template } = await STACKS[name]();
    for (const { properties } of mappingsOf(template, 'StreamArn', StreamMapping)) {
      const bucket = properties.DestinationConfig.OnFailure.Destination;
      const role = JSON.stringify(template.Resources[functionOf(template, properties.FunctionName).Role]);
      expect(role).toContain('s3:PutObject');
      expect(role).toContain('s3:ListBucket');
      expect(role).toContain(`\${${bucket}.Arn}/*`);
    }
  });

  test('filter policies are inside the limits of SNS and on the attributes', async () => {
    const { template } = await STACKS[name]();
    const subscriptions = ofType(template, 'AWS::SNS::Subscription', Subscription);
    expect(subscriptions.length).toBeGreaterThanOrEqual(3);
    for (const { id, properties } of subscriptions) {
      const values = Object.values(properties.FilterPolicy);
      const combinations = values.reduce((product, list) => product * list.length, 1);
      expect({ id, keys: values.length <= 5, combinations: combinations <= 150 }).toEqual({
        id,
        keys: true,
        combinations: true,
      });
    }
  });

  test('what SNS cannot deliver goes to a queue of its own that the topic may write to', async () => {
    const { template } = await STACKS[name]();
    const targets = ofType(template, 'AWS::SNS::Subscription', Subscription).map(
      ({ properties }) => properties.RedrivePolicy.deadLetterTargetArn,
    );
    expect(new Set(targets).size).toBe(targets.length);
    for (const target of targets) {
      expect(template.Resources[target]?.Type).toBe('AWS::SQS::Queue');
    }
  });

  test('a subscription waits for the policies of both queues that SNS writes to', async () => {
    const { template } = await STACKS[name]();
    const policies = new Map(
      ofType(template, 'AWS::SQS::QueuePolicy', z.object({ Queues: z.tuple([Ref]) })).map(
        ({ id, properties }) => [properties.Queues[0], id],
      ),
    );
    for (const { id, properties } of ofType(template, 'AWS::SNS::Subscription', Subscription)) {
      const written = [properties.Endpoint, properties.RedrivePolicy.deadLetterTargetArn];
      expect({ id, waitsFor: template.Resources[id]?.DependsOn }).toEqual({
        id,
        waitsFor: written.map((queue) => policies.get(queue)),
      });
    }
  });
});

test('concurrency is a parameter', async () => {
  const { template } = await STACKS.everything();
  for (const { properties } of mappingsOf(template, 'Arn', QueueMapping)) {
    expect(properties.ScalingConfig.MaximumConcurrency).toBe(50);
  }
});
