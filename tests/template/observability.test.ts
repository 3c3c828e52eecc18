import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { CompiledTemplate } from '#tests/support/compiled-service.ts';
import {
  FunctionProperties,
  GetAtt,
  ofType,
  QueueProperties,
  RedrivePolicy,
  STACKS,
  stackNames,
} from './stacks.ts';

const Dimensions = z
  .array(z.object({ Name: z.string(), Value: z.unknown() }))
  .transform((list) => Object.fromEntries(list.map(({ Name, Value }) => [Name, Value])));
const Alarm = z.object({
  AlarmName: z.string().max(255),
  AlarmDescription: z.string().max(1024),
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions,
  Threshold: z.number(),
  Period: z.number().multipleOf(60),
  EvaluationPeriods: z.number(),
  DatapointsToAlarm: z.number(),
  TreatMissingData: z.enum(['notBreaching', 'breaching']),
  AlarmActions: z.array(z.object({ Ref: z.literal('AlarmsTopic') })).length(1),
});
const Composite = z.object({
  AlarmName: z.string(),
  AlarmRule: z.object({ 'Fn::Sub': z.string() }),
  AlarmActions: z.array(z.object({ Ref: z.literal('AlarmsTopic') })).length(1),
});
const Marks = z.object({ kind: z.string(), critical: z.boolean() });

const alarmsOf = (template: CompiledTemplate) =>
  ofType(template, 'AWS::CloudWatch::Alarm', Alarm).map(({ id, properties }) => ({
    id,
    ...properties,
    ...Marks.parse(template.Resources[id]?.Metadata),
  }));
const functionsOf = (template: CompiledTemplate) =>
  ofType(template, 'AWS::Lambda::Function', FunctionProperties);

/** The metrics with an alarm whose dimension is this reference. */
const watched = (template: CompiledTemplate, dimension: string, value: unknown) =>
  alarmsOf(template)
    .filter(({ Dimensions: dimensions }) => JSON.stringify(dimensions[dimension]) === JSON.stringify(value))
    .map(({ MetricName }) => MetricName);

describe.each(stackNames)('alarms: %s', (name) => {
  test('every function is watched for errors, throttles and its timeout', async () => {
    const { template } = await STACKS[name]();
    for (const { id, properties } of functionsOf(template)) {
      expect(watched(template, 'FunctionName', { Ref: id })).toEqual(
        expect.arrayContaining(['Errors', 'Throttles', 'Duration']),
      );
      const duration = alarmsOf(template).find((alarm) => alarm.id === `${id}DurationAlarm`);
      expect(duration?.Threshold).toBeLessThan(properties.Timeout * 1000);
    }
  });

  test('every dead-letter queue has an alarm, and every queue that is read one on its age', async () => {
    const { template } = await STACKS[name]();
    const sources = [
      ...ofType(template, 'AWS::SQS::Queue', QueueProperties),
      ...ofType(template, 'AWS::SNS::Subscription', z.object({ RedrivePolicy })),
    ];
    const redriving = sources.filter(({ properties }) => properties.RedrivePolicy);
    expect(redriving.length).toBeGreaterThanOrEqual(6);
    for (const { id, properties } of redriving) {
      const target = properties.RedrivePolicy?.deadLetterTargetArn;
      const name = { 'Fn::GetAtt': [target, 'QueueName'] };
      expect(watched(template, 'QueueName', name)).toContain('ApproximateNumberOfMessagesVisible');
      if (template.Resources[id]?.Type !== 'AWS::SQS::Queue') continue;
      const own = { 'Fn::GetAtt': [id, 'QueueName'] };
      expect(watched(template, 'QueueName', own)).toContain('ApproximateAgeOfOldestMessage');
    }
  });

  test('the stream is watched for lag, silence and everything that is given up', async () => {
    const { template } = await STACKS[name]();
    const byMapping = watched(template, 'EventSourceMappingUUID', {
      Ref: 'BroadcasterEventSourceMappingDynamodbPostsTable',
    });
    expect(byMapping.toSorted()).toEqual([
      'DroppedEventCount',
      'FailedInvokeEventCount',
      'OnFailureDestinationDeliveredEventCount',
      'PolledEventCount',
    ]);
    expect(watched(template, 'FunctionName', { Ref: 'BroadcasterLambdaFunction' })).toContain(
      'DestinationDeliveryFailures',
    );
    const ages = alarmsOf(template).filter(({ MetricName }) => MetricName === 'IteratorAge');
    expect(ages.map(({ Threshold }) => Threshold).toSorted()).toEqual([21_600_000, 60_000]);
  });

  test('topic, API and every table and index are watched', async () => {
    const { template } = await STACKS[name]();
    const topic = { 'Fn::GetAtt': ['PostEventsTopic', 'TopicName'] };
    expect(watched(template, 'TopicName', topic)).toEqual(
      expect.arrayContaining(['NumberOfNotificationsFailed', 'NumberOfNotificationsRedrivenToDlq']),
    );
    expect(watched(template, 'ApiId', { Ref: 'HttpApi' })).toEqual(
      expect.arrayContaining(['5xx', 'Latency']),
    );
    for (const { id } of ofType(template, 'AWS::DynamoDB::Table', z.unknown())) {
      expect(watched(template, 'TableName', { Ref: id })).toEqual(
        expect.arrayContaining(['ReadThrottleEvents', 'WriteThrottleEvents']),
      );
    }
    expect(watched(template, 'GlobalSecondaryIndexName', 'UserPosts')).toHaveLength(2);
  });

  test('every alarm acts, is one of a kind by name, and looks only at what exists', async () => {
    const { template } = await STACKS[name]();
    const alarms = alarmsOf(template);
    const names = alarms.map(({ AlarmName }) => AlarmName);
    expect(new Set(names).size).toBe(names.length);
    for (const { id, Dimensions: dimensions } of alarms) {
      for (const target of referencesIn(JSON.stringify(dimensions))) {
        expect({ id, target, exists: target in template.Resources }).toEqual({ id, target, exists: true });
      }
    }
  });

  test('only the mapping that fell silent is judged by its silence', async () => {
    const { template } = await STACKS[name]();
    const breaching = alarmsOf(template).filter(({ TreatMissingData }) => TreatMissingData === 'breaching');
    expect(breaching.map(({ kind }) => kind)).toEqual(['mapping stopped']);
  });

  test('the broadcast is unhealthy when one critical alarm is on, and by no other', async () => {
    const { template } = await STACKS[name]();
    const composites = ofType(template, 'AWS::CloudWatch::CompositeAlarm', Composite);
    expect(composites).toHaveLength(1);
    const rule = composites[0]?.properties.AlarmRule['Fn::Sub'] ?? '';
    const critical = alarmsOf(template).filter((alarm) => alarm.critical);
    expect(placeholdersIn(rule).toSorted()).toEqual(critical.map(({ id }) => id).toSorted());
    const longest = alarmsOf(template).map(({ AlarmName }) => AlarmName.length);
    // CloudWatch takes 10,240 characters with the names put in.
    expect(critical.length * (Math.max(...longest) + 'ALARM("") OR '.length)).toBeLessThan(10_240);
  });
});

test('only a stack that is told to brings the X-Ray policy, of which an account has room for five in a region', async () => {
  const policiesOf = async (stack: keyof typeof STACKS) =>
    Object.values((await STACKS[stack]()).template.Resources).filter(
      ({ Type }) => Type === 'AWS::XRay::ResourcePolicy',
    );
  expect([await policiesOf('dev'), await policiesOf('prod')]).toEqual([[], []]);
  const [policy, ...others] = await policiesOf('everything');
  expect(others).toEqual([]);
  // It serves the topics of every stack.
  expect(JSON.stringify(policy?.Properties.PolicyDocument)).toContain(
    `:sns:\${AWS::Region}:\${AWS::AccountId}:*`,
  );
});

test('every kind of alarm is explained to whoever is woken by it', async () => {
  const { template } = await STACKS.dev();
  const operations = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const kinds = new Set(alarmsOf(template).map(({ kind }) => kind));
  expect([...kinds].filter((kind) => !operations.includes(`| ${kind} `))).toEqual([]);
});

test('a subscriber that waits on purpose is late only after that', async () => {
  const { template } = await STACKS.everything();
  const threshold = (subscriber: string) =>
    alarmsOf(template).find(({ id }) => id === `${subscriber}QueueOldestMessageAlarm`)?.Threshold;
  expect(threshold('SearchIndexing')).toBe(300);
  expect(threshold('DraftReminders')).toBe(300 + 600);
  expect(threshold('Archive')).toBe(300 + 60);
});

test('alarms are mailed when an address is given', async () => {
  const { template } = await STACKS.everything();
  expect(template.Resources.AlarmsTopic?.Properties.Subscription).toEqual([
    { Protocol: 'email', Endpoint: 'operator@example.com' },
  ]);
});

describe.each(stackNames)('logs, traces and dashboard: %s', (name) => {
  test('every function has a log group with retention, and the API logs JSON', async () => {
    const { template } = await STACKS[name]();
    const groups = ofType(
      template,
      'AWS::Logs::LogGroup',
      z.object({ LogGroupName: z.string().max(512), RetentionInDays: z.number() }),
    );
    const names = groups.map(({ properties }) => properties.LogGroupName);
    for (const { properties } of functionsOf(template)) {
      expect(names).toContain(`/aws/lambda/${properties.FunctionName}`);
    }
    const Stage = z.object({ AccessLogSettings: z.object({ Format: z.string() }) });
    const { AccessLogSettings } = Stage.parse(template.Resources.HttpApiStage?.Properties);
    expect(JSON.parse(AccessLogSettings.Format)).toMatchObject({
      requestId: '$context.requestId',
      status: '$context.status',
    });
  });

  test('every function is traced and names itself in logs and metrics; the topic hands the trace on', async () => {
    const { template } = await STACKS[name]();
    const readers = ofType(
      template,
      'AWS::Lambda::EventSourceMapping',
      z.object({ FunctionName: GetAtt('Arn') }),
    ).map(({ properties }) => properties.FunctionName);
    for (const { id, properties } of functionsOf(template)) {
      expect(properties.TracingConfig.Mode).toBe('Active');
      const { POWERTOOLS_SERVICE_NAME: service } = properties.Environment.Variables;
      // The dashboard and the alarms look for the metrics of those who read a stream or a queue by it.
      if (readers.includes(id)) expect({ id, service }).toEqual({ id, service: expect.any(String) });
    }
    expect(template.Resources.PostEventsTopic?.Properties.TracingConfig).toBe('Active');
  });

  test('the dashboard tells the road of a post from left to right', async () => {
    const { template } = await STACKS[name]();
    const Body = z.object({ DashboardBody: z.object({ 'Fn::Sub': z.string() }) });
    const text = Body.parse(template.Resources.Dashboard?.Properties).DashboardBody['Fn::Sub'];
    for (const placeholder of placeholdersIn(text)) {
      const [target = ''] = placeholder.split('.');
      expect(target === 'AWS::Region' || target in template.Resources).toBe(true);
    }
    const Widgets = z.object({
      widgets: z.array(
        z.object({ x: z.number(), y: z.number(), properties: z.object({ title: z.string() }) }),
      ),
    });
    const { widgets } = Widgets.parse(JSON.parse(text));
    const road = widgets.filter(({ y }) => y === 2).toSorted((a, b) => a.x - b.x);
    expect(road.map(({ properties }) => properties.title)).toEqual([
      'Requests',
      'Stream lag',
      'Published by kind',
      "Each subscriber's age",
      'From post to subscriber',
    ]);
  });

  test('saved queries look at every function', async () => {
    const { template } = await STACKS[name]();
    const queries = ofType(
      template,
      'AWS::Logs::QueryDefinition',
      z.object({ Name: z.string(), QueryString: z.string(), LogGroupNames: z.array(z.string()).max(50) }),
    );
    const follow = queries.find(({ properties }) => properties.Name.endsWith('/follow one post'));
    expect(follow?.properties.QueryString).toContain('filter postId = ""');
    expect(follow?.properties.LogGroupNames).toEqual(
      functionsOf(template).map(({ properties }) => `/aws/lambda/${properties.FunctionName}`),
    );
  });

  test('the stack tells where it is', async () => {
    const { template } = await STACKS[name]();
    expect(Object.keys(template.Outputs)).toEqual(
      expect.arrayContaining(['HttpApiUrl', 'PostEventsTopicArn', 'FailuresBucketName', 'DashboardUrl']),
    );
  });
});

const placeholdersIn = (text: string): string[] =>
  [...text.matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name = '']) => name).map((name) => name.trim());
const referencesIn = (json: string): string[] =>
  [...json.matchAll(/"(?:Ref":|Fn::GetAtt":\[)"([^"]+)"/g)].map(([, id = '']) => id);
