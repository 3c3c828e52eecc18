import { z } from 'zod';
import type { CompiledTemplate } from '#tests/support/compiled-service.ts';
import { ofType, QueueProperties, STACKS, stackNames } from './stacks.ts';

const Throughput = z
  .object({ MaxReadRequestUnits: z.number(), MaxWriteRequestUnits: z.number() })
  .or(z.object({ Ref: z.literal('AWS::NoValue') }));
const TableProperties = z.object({
  TableName: z
    .undefined('CloudFormation names tables: a kept one must not be in the way of a new one')
    .optional(),
  BillingMode: z.literal('PAY_PER_REQUEST'),
  DeletionProtectionEnabled: z.boolean().default(false),
  OnDemandThroughput: Throughput,
  GlobalSecondaryIndexes: z
    .array(z.object({ IndexName: z.string(), OnDemandThroughput: Throughput }))
    .default([]),
  PointInTimeRecoverySpecification: z.object({ PointInTimeRecoveryEnabled: z.boolean() }).optional(),
  SSESpecification: z.unknown(),
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.literal(true) }).optional(),
});
const tablesOf = (template: CompiledTemplate) => ofType(template, 'AWS::DynamoDB::Table', TableProperties);

const KEEPS_DATA = [
  'AWS::DynamoDB::Table',
  'AWS::S3::Bucket',
  'AWS::Cognito::UserPool',
  'AWS::KMS::Key',
  'AWS::SecretsManager::Secret',
  'AWS::OpenSearchService::Domain',
];
/** What holds data, the framework's own bucket of deployments aside. */
const dataOf = ({ Resources }: CompiledTemplate) =>
  Object.entries(Resources).filter(
    ([id, { Type }]) => KEEPS_DATA.includes(Type) && id !== 'ServerlessDeploymentBucket',
  );

// Nothing in it outlives a day.
const DISPOSABLE = ['IdempotencyTable'];

test.each(['prod', 'everything'] as const)('%s keeps its data when the stack goes', async (name) => {
  const { template } = await STACKS[name]();
  for (const [id, { DeletionPolicy, UpdateReplacePolicy }] of dataOf(template)) {
    if (DISPOSABLE.includes(id)) continue;
    expect({ id, DeletionPolicy, UpdateReplacePolicy }).toEqual({
      id,
      // A first deploy that rolls back leaves nothing behind.
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  }
  for (const { id, properties } of tablesOf(template)) {
    expect({ id, kept: properties.DeletionProtectionEnabled }).toEqual({
      id,
      kept: !DISPOSABLE.includes(id),
    });
  }
});

test('prod refuses to let its users go', async () => {
  const { template } = await STACKS.prod();
  expect(template.Resources.UserPool?.Properties.DeletionProtection).toBe('ACTIVE');
});

test('dev leaves nothing behind, so that remove-then-deploy works', async () => {
  const { template } = await STACKS.dev();
  for (const [id, { DeletionPolicy }] of dataOf(template)) {
    expect({ id, DeletionPolicy }).toEqual({ id, DeletionPolicy: 'Delete' });
  }
  for (const { properties } of tablesOf(template)) expect(properties.DeletionProtectionEnabled).toBe(false);
  expect(template.Resources.UserPool?.Properties.DeletionProtection).toBe('INACTIVE');
});

describe.each(stackNames)('data: %s', (name) => {
  test('every table has point-in-time recovery or says why it needs none', async () => {
    const { template } = await STACKS[name]();
    for (const { id, properties } of tablesOf(template)) {
      const recoverable = properties.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled ?? false;
      const excused = JSON.stringify(template.Resources[id]?.Metadata ?? {}).includes('"CKV_AWS_28"');
      expect({ id, recoverable, excused }).toEqual({ id, recoverable: !excused, excused });
    }
    expect(tablesOf(template).find(({ id }) => id === 'PostsTable')?.properties).toMatchObject({
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  test('posts, tombstones, notifications and idempotency records can expire', async () => {
    const { template } = await STACKS[name]();
    expect(
      Object.fromEntries(
        tablesOf(template).map(({ id, properties }) => [
          id,
          properties.TimeToLiveSpecification?.AttributeName,
        ]),
      ),
    ).toMatchObject({
      PostsTable: 'expiresAt',
      SearchIndexTable: 'expiresAt',
      NotificationsTable: 'expiresAt',
      IdempotencyTable: 'expiration',
    });
  });

  test('what is given up does not stay for ever', async () => {
    const { template } = await STACKS[name]();
    expect(template.Resources.FailuresBucket?.Properties.LifecycleConfiguration).toMatchObject({
      Rules: [{ Status: 'Enabled', ExpirationInDays: 90 }],
    });
  });
});

test('on-demand maximums hold for tables and their indexes', async () => {
  const { template } = await STACKS.everything();
  const maximum = { MaxReadRequestUnits: 2000, MaxWriteRequestUnits: 1000 };
  for (const { properties } of tablesOf(template)) {
    expect(properties.OnDemandThroughput).toEqual(maximum);
    for (const index of properties.GlobalSecondaryIndexes) expect(index.OnDemandThroughput).toEqual(maximum);
  }
});

describe('encryption', () => {
  test('is on everywhere without a key of the customer', async () => {
    const { template } = await STACKS.dev();
    for (const { properties } of ofType(template, 'AWS::SQS::Queue', QueueProperties)) {
      expect(properties.SqsManagedSseEnabled).toBe(true);
    }
    expect(template.Resources.PostEventsTopic?.Properties.KmsMasterKeyId).toBe('alias/aws/sns');
    expect(template.Resources.FailuresBucket?.Properties.BucketEncryption).toEqual({
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    });
    // DynamoDB encrypts every table; with nothing said, under a key of its own.
    for (const { properties } of tablesOf(template)) {
      expect(properties.SSESpecification).toEqual({ Ref: 'AWS::NoValue' });
    }
    // CloudWatch cannot publish to a topic under alias/aws/sns.
    expect(template.Resources.AlarmsTopic?.Properties.KmsMasterKeyId).toEqual({ Ref: 'AWS::NoValue' });
  });

  const KEY = { 'Fn::GetAtt': ['CustomerKey', 'Arn'] };

  test('uses the customer’s key for everything that holds data, when there is one', async () => {
    const { template } = await STACKS.everything();
    for (const { properties } of ofType(template, 'AWS::SQS::Queue', QueueProperties)) {
      expect(properties.KmsMasterKeyId).toEqual(KEY);
      expect(properties.SqsManagedSseEnabled).toBeUndefined();
    }
    for (const { properties } of ofType(
      template,
      'AWS::SNS::Topic',
      z.object({ KmsMasterKeyId: z.unknown() }),
    )) {
      expect(properties.KmsMasterKeyId).toEqual(KEY);
    }
    for (const { properties } of tablesOf(template)) {
      expect(properties.SSESpecification).toEqual({ SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: KEY });
    }
    for (const bucket of ['FailuresBucket', 'ArchiveBucket']) {
      expect(JSON.stringify(template.Resources[bucket]?.Properties.BucketEncryption)).toContain(
        JSON.stringify(KEY),
      );
    }
    expect(template.Resources.ServiceSecret?.Properties.KmsKeyId).toEqual(KEY);
  });

  test('lets topic and alarms use the key, and every function that touches data', async () => {
    const { template } = await STACKS.everything();
    const policy = JSON.stringify(template.Resources.CustomerKey?.Properties.KeyPolicy);
    for (const service of ['sns.amazonaws.com', 'cloudwatch.amazonaws.com'])
      expect(policy).toContain(service);
    for (const id of ['CreatePost', 'Broadcaster', 'SearchIndexing', 'Archive', 'DraftReminders']) {
      const role = JSON.stringify(template.Resources[`${id}IamRoleLambdaExecution`]);
      expect({ id, uses: role.includes('kms:Decrypt') && role.includes(JSON.stringify(KEY)) }).toEqual({
        id,
        uses: true,
      });
    }
  });
});

test.each(stackNames)('no environment of %s holds a secret, only where to read it', async (name) => {
  const { template } = await STACKS[name]();
  const environments = ofType(
    template,
    'AWS::Lambda::Function',
    z.object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) }),
  ).map(({ properties }) => properties.Environment.Variables);
  expect(JSON.stringify(environments)).not.toContain('{{resolve:');
  expect(environments.filter(({ CURSOR_KEY_ARN }) => CURSOR_KEY_ARN !== undefined)).not.toHaveLength(0);
});
