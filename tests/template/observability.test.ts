import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { z } from 'zod';
import { type CompiledTemplate, Template } from '#tests/support/compiled-service.ts';
import { FunctionProperties, GetAtt, ofType, STACKS, stackNames } from './stacks.ts';

const { observe } = createRequire(import.meta.url)('../../resources/observability/index.js');

const Alarm = z.object({
  AlarmName: z.string().max(255),
  AlarmDescription: z.string(),
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z
    .array(z.object({ Name: z.string(), Value: z.union([z.string(), z.record(z.string(), z.unknown())]) }))
    .transform((list) => Object.fromEntries(list.map(({ Name, Value }) => [Name, Value]))),
  Statistic: z.enum(['Sum', 'Maximum', 'Minimum']),
  Threshold: z.number(),
  Period: z.number().multipleOf(60),
  EvaluationPeriods: z.number(),
  DatapointsToAlarm: z.number(),
  TreatMissingData: z.enum(['notBreaching', 'breaching']),
  AlarmActions: z.tuple([z.object({ Ref: z.literal('AlarmsTopic') })]),
});
const alarmsOf = (template: CompiledTemplate) =>
  ofType(template, 'AWS::CloudWatch::Alarm', Alarm).map(({ id, properties }) => ({
    id,
    kind: z.string().parse(template.Resources[id]?.Metadata?.kind),
    condition: template.Resources[id]?.Condition,
    ...properties,
  }));
const functionsOf = (template: CompiledTemplate) =>
  ofType(template, 'AWS::Lambda::Function', FunctionProperties);
const referencesIn = (value: unknown): string[] =>
  [...JSON.stringify(value).matchAll(/"(?:Ref":|Fn::GetAtt":\[)"([^"]+)"/g)].map(([, id = '']) => id);
const placeholdersIn = (text: string): string[] =>
  [...text.matchAll(/\$\{([^!}.]+)/g)].map(([, name = '']) => name);
const countsOf = (kinds: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(kinds, (kind) => kind)].map(([kind, all]) => [kind, all.length]));

const OF_THE_STREAM = {
  'iterator age': 1,
  'mapping stopped': 1,
  dropped: 1,
  'given up': 1,
  lost: 1,
  parked: 1,
};
const OF_ALL = { ...OF_THE_STREAM, undelivered: 1, 'oldest message': 3, 'dead letters': 3, 'API 5xx': 1 };

test.each([
  ['dev', OF_ALL],
  ['prod', OF_ALL],
  ['everything', { ...OF_ALL, 'oldest message': 5, 'dead letters': 5 }],
  ['openSearch', { ...OF_ALL, 'search red': 1, 'search blocked': 1, 'search storage': 1 }],
] as const)('the alarms of %s are those that ask for action', async (name, expected) => {
  const { template } = await STACKS[name]();
  expect(countsOf(alarmsOf(template).map(({ kind }) => kind))).toEqual(expected);
});

describe.each(stackNames)('alarms: %s', (name) => {
  test('each acts, has a name of its own, and watches something that is there', async () => {
    const { template } = await STACKS[name]();
    const alarms = alarmsOf(template);
    expect(new Set(alarms.map(({ AlarmName }) => AlarmName)).size).toBe(alarms.length);
    for (const { id, Dimensions: dimensions } of alarms) {
      const missing = referencesIn(dimensions).filter(
        (target) => target !== 'AWS::AccountId' && !(target in template.Resources),
      );
      expect({ id, missing }).toEqual({ id, missing: [] });
    }
  });

  test('every queue that is read is watched for its age, and its dead-letter queue for messages', async () => {
    const { template } = await STACKS[name]();
    const watchedBy = (kind: string) =>
      alarmsOf(template)
        .filter((alarm) => alarm.kind === kind)
        .flatMap(({ Dimensions: dimensions }) => referencesIn(dimensions));
    const Mapping = z.object({ EventSourceArn: z.unknown() });
    const read = ofType(template, 'AWS::Lambda::EventSourceMapping', Mapping).flatMap(
      ({ properties }) => GetAtt('Arn').safeParse(properties.EventSourceArn).data ?? [],
    );
    expect(watchedBy('oldest message').toSorted()).toEqual(read.toSorted());
    for (const queue of read) {
      const policy = z.object({ deadLetterTargetArn: GetAtt('Arn') });
      const { deadLetterTargetArn } = policy.parse(template.Resources[queue]?.Properties.RedrivePolicy);
      expect(watchedBy('dead letters')).toContain(deadLetterTargetArn);
    }
  });

  test('only silence of a mapping is a failure by itself', async () => {
    const { template } = await STACKS[name]();
    const breaching = alarmsOf(template).filter(({ TreatMissingData }) => TreatMissingData === 'breaching');
    expect(breaching.map(({ kind }) => kind)).toEqual(['mapping stopped']);
  });

  test('metrics that have to be asked for are', async () => {
    const { template } = await STACKS[name]();
    for (const { Namespace, Dimensions: dimensions } of alarmsOf(template)) {
      const [mapping] = referencesIn(dimensions.EventSourceMappingUUID ?? null);
      if (mapping) {
        expect(template.Resources[mapping]?.Properties.MetricsConfig).toEqual({ Metrics: ['EventCount'] });
      }
      if (!dimensions.service) continue;
      // Of our own: the function that emits it names itself and its namespace so.
      const emitting = functionsOf(template).map(({ properties }) => properties.Environment.Variables);
      expect(emitting).toContainEqual(
        expect.objectContaining({
          POWERTOOLS_METRICS_NAMESPACE: Namespace,
          POWERTOOLS_SERVICE_NAME: dimensions.service,
        }),
      );
    }
  });
});

test('every kind of alarm is explained to whoever is woken by it', async () => {
  const operations = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const kinds = new Set<string>();
  for (const name of stackNames) {
    for (const { kind, AlarmDescription } of alarmsOf((await STACKS[name]()).template)) {
      kinds.add(kind);
      expect(AlarmDescription).toContain(kind);
    }
  }
  const documented = [...operations.matchAll(/^\| \*\*(.+?)\*\* \|/gm)].map(([, kind]) => kind);
  expect(documented.toSorted()).toEqual([...kinds].toSorted());
});

test('a subscriber that waits on purpose is late only after that', async () => {
  const { template } = await STACKS.everything();
  const threshold = (subscriber: string) =>
    alarmsOf(template).find(({ id }) => id === `${subscriber}QueueOldestMessageAlarm`)?.Threshold;
  expect(threshold('SearchIndexing')).toBe(300);
  expect(threshold('DraftReminders')).toBe(300 + 600);
  expect(threshold('Archive')).toBe(300 + 60);
});

/** What the observability plugin makes of a template. */
const observed = (resources: Record<string, unknown>): CompiledTemplate => {
  const template = { Resources: structuredClone(resources), Outputs: {} };
  observe(template, { service: 'service', stage: 'stage', namespace: 'service/stage' });
  return Template.parse(template);
};
const lambda = (more = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { FunctionName: 'name', ...more },
});
const mapping = (functionId: string, source: unknown, more = {}) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: { FunctionName: { 'Fn::GetAtt': [functionId, 'Arn'] }, EventSourceArn: source, ...more },
});
const getAtt = (id: string, name: string) => ({ 'Fn::GetAtt': [id, name] });

describe('whatever is configured', () => {
  const seconds = fc.integer({ min: 60, max: 604_800 });

  test('the iterator age alarm comes well before records are given up', () => {
    fc.assert(
      fc.property(fc.oneof(seconds, fc.constantFrom(-1, undefined)), (age) => {
        const template = observed({
          Table: { Type: 'AWS::DynamoDB::Table' },
          Reader: lambda(),
          Mapping: mapping('Reader', getAtt('Table', 'StreamArn'), { MaximumRecordAgeInSeconds: age }),
        });
        const alarm = alarmsOf(template).find(({ kind }) => kind === 'iterator age');
        const givenUpAt = age === undefined || age === -1 ? 86_400 : age;
        expect(alarm?.Threshold).toBeLessThanOrEqual((givenUpAt * 1000) / 4);
        expect(alarm?.Threshold).toBeGreaterThan(0);
      }),
    );
  });

  test('the oldest message alarm comes before messages expire', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 1_209_600 }),
        fc.integer({ min: 0, max: 900 }),
        (retention, delay) => {
          const template = observed({
            Queue: {
              Type: 'AWS::SQS::Queue',
              Properties: { MessageRetentionPeriod: retention, DelaySeconds: delay },
            },
            Reader: lambda(),
            Mapping: mapping('Reader', getAtt('Queue', 'Arn')),
          });
          const alarm = alarmsOf(template).find(({ kind }) => kind === 'oldest message');
          expect(alarm?.Threshold).toBeLessThan(retention);
        },
      ),
    );
  });
});

describe('what a cloner adds', () => {
  const added = {
    BroadcasterLambdaFunction: lambda({
      Environment: { Variables: { POWERTOOLS_SERVICE_NAME: 'broadcaster' } },
    }),
    PostsTable: { Type: 'AWS::DynamoDB::Table' },
    Broadcasting: mapping('BroadcasterLambdaFunction', getAtt('PostsTable', 'StreamArn'), {
      DestinationConfig: { OnFailure: { Destination: getAtt('Bucket', 'Arn') } },
    }),
    Bucket: { Type: 'AWS::S3::Bucket' },
    // A second consumer of the stream, without a name for metrics, behind an alias.
    AuditLambdaFunction: lambda(),
    AuditAlias: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'AuditLambdaFunction' } } },
    Auditing: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { FunctionName: { Ref: 'AuditAlias' }, EventSourceArn: getAtt('PostsTable', 'StreamArn') },
    },
    // A second table, a conditional one with its reader, and a stream of Kinesis.
    InvoicesTable: { Type: 'AWS::DynamoDB::Table' },
    DraftsTable: { Type: 'AWS::DynamoDB::Table', Condition: 'HasDrafts' },
    DraftsLambdaFunction: { ...lambda(), Condition: 'HasDrafts' },
    Drafting: {
      ...mapping('DraftsLambdaFunction', getAtt('DraftsTable', 'StreamArn')),
      Condition: 'HasDrafts',
    },
    Clicks: { Type: 'AWS::Kinesis::Stream' },
    Clicking: mapping('AuditLambdaFunction', getAtt('Clicks', 'Arn')),
    // A queue that nobody reads, one that is read and has no dead-letter queue, one of another stack.
    Jobs: { Type: 'AWS::SQS::Queue' },
    Mails: { Type: 'AWS::SQS::Queue' },
    Mailing: mapping('AuditLambdaFunction', getAtt('Mails', 'Arn')),
    Importing: mapping('AuditLambdaFunction', { 'Fn::ImportValue': 'elsewhere' }),
    Resting: mapping('AuditLambdaFunction', getAtt('InvoicesTable', 'StreamArn'), { Enabled: false }),
  };

  test('has alarms of its kind, and the broadcaster alone one for parked records', () => {
    const kinds = alarmsOf(observed(added)).map(({ kind, id }) => `${kind}: ${id}`);
    const perStream = (id: string) => [
      `iterator age: ${id}IteratorAgeAlarm`,
      `mapping stopped: ${id}MappingStoppedAlarm`,
      `dropped: ${id}DroppedAlarm`,
    ];
    expect(kinds.toSorted()).toEqual(
      [
        ...['Broadcasting', 'Auditing', 'Drafting', 'Clicking'].flatMap(perStream),
        'given up: BroadcastingGivenUpAlarm',
        'lost: BroadcastingLostAlarm',
        'parked: BroadcasterParkedAlarm',
        'oldest message: MailsOldestMessageAlarm',
      ].toSorted(),
    );
  });

  test('deploys: every reference of an alarm exists, and depends on the same condition', () => {
    const template = observed(added);
    for (const { id, condition, Dimensions: dimensions } of alarmsOf(template)) {
      for (const target of referencesIn(dimensions)) {
        expect({ id, exists: target in added }).toEqual({ id, exists: true });
        expect({ id, condition }).toEqual({ id, condition: template.Resources[target]?.Condition });
      }
    }
    expect(JSON.stringify(template)).not.toMatch(/undefined|NaN|null/);
    // A placeholder for a resource that its condition leaves out would stop the deployment.
    expect(JSON.stringify(template.Resources.Dashboard)).not.toMatch(/Draft/);
  });

  test('names a queue by its own attribute, never a stream', () => {
    const named = alarmsOf(observed(added)).flatMap(({ Dimensions: { QueueName } }) =>
      QueueName ? [QueueName] : [],
    );
    expect(named).toEqual([getAtt('Mails', 'QueueName')]);
  });
});

test('alarms are mailed when an address is given', async () => {
  const { template } = await STACKS.everything();
  expect(template.Resources.AlarmsTopic?.Properties.Subscription).toEqual([
    { Protocol: 'email', Endpoint: 'operator@example.com' },
  ]);
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
    // Elsewhere each log group would take room in the account's one resource policy for log delivery.
    expect(template.Resources.HttpApiLogGroup?.Properties.LogGroupName).toMatch(/^\/aws\/vendedlogs\//);
  });

  test('every function is traced and names itself in logs and metrics; the topic hands the trace on', async () => {
    const { template } = await STACKS[name]();
    const services = functionsOf(template).map(({ properties }) => {
      expect(properties.TracingConfig.Mode).toBe('Active');
      return properties.Environment.Variables.POWERTOOLS_SERVICE_NAME;
    });
    expect(new Set(services).size).toBe(services.length);
    expect(services).not.toContain(undefined);
    expect(template.Resources.PostEventsTopic?.Properties.TracingConfig).toBe('Active');
  });

  test('the dashboard shows the steps of a post from left to right', async () => {
    const { template } = await STACKS[name]();
    const Body = z.object({ DashboardBody: z.object({ 'Fn::Sub': z.string() }) });
    const text = Body.parse(template.Resources.Dashboard?.Properties).DashboardBody['Fn::Sub'];
    for (const target of placeholdersIn(text)) {
      expect(target === 'AWS::Region' || target in template.Resources).toBe(true);
    }
    const Widgets = z.object({
      widgets: z.array(
        z.object({
          x: z.number(),
          y: z.number(),
          properties: z.object({ title: z.string(), metrics: z.array(z.array(z.unknown()).min(1)).min(1) }),
        }),
      ),
    });
    const { widgets } = Widgets.parse(JSON.parse(text));
    const steps = widgets.filter(({ y }) => y === 0).toSorted((a, b) => a.x - b.x);
    expect(steps.map(({ properties }) => properties.title)).toEqual([
      'Requests',
      'Stream lag, ms',
      'Published by change',
      "Each subscriber's age, s",
      'From post to subscriber, ms',
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
