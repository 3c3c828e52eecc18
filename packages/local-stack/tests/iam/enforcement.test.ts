// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub writes its references so

import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PublishBatchCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { asynchronousConfigurations } from '../../src/asynchronous-invocation/index.ts';
import { type Clients, createClients } from '../../src/clients.ts';
import { Template } from '../../src/cloudformation/template.ts';
import { type Engines, startEngines } from '../../src/engines/index.ts';
import type { TopicEvent } from '../../src/engines/topic-delivery.ts';
import { parseEventSourceMapping } from '../../src/event-source-mappings/index.ts';
import { declaredEventBridge } from '../../src/from-template/event-bridge.ts';
import { type Gateways, startGateways } from '../../src/iam/gateways.ts';
import { accessKeyOf, type Enforcement, openRights } from '../../src/iam/index.ts';
import { admitDestinations, admitMappings } from '../../src/iam/mappings.ts';
import { admitSchedules, refusalOfTargets, refusedTargetLines } from '../../src/iam/targets.ts';
import { createLambdaRuntime } from '../../src/lambda-runtime/index.ts';
import { serveLambdaApi } from '../../src/lambda-runtime/lambda-api.ts';
import type { MetricDatum } from '../../src/metrics/metric.ts';
import { type ProvisionedTemplate, provisionTemplate } from '../../src/provisioning/index.ts';
import { secretStore } from '../../src/provisioning/secret-store.ts';
import { serveSecretsManager } from '../../src/secrets-manager.ts';

const region = 'us-east-1';
const ACCOUNT = '000000000000';

let engines: Engines;
/** What topics handed to functions. */
const functionEvents: TopicEvent[] = [];
let gateways: Gateways;
beforeAll(async () => {
  engines = await startEngines({
    region,
    ports: { dynamoDb: 0, messaging: 0 },
    acceptEvent: async (_functionArn, event) => String(functionEvents.push(event)),
  });
  gateways = await startGateways(engines.endpoints, { dynamoDb: 0, messaging: 0 });
});
afterAll(async () => {
  await gateways?.stop();
  await engines?.stop();
});

type Resources = Record<string, { Type: string; Properties?: Record<string, unknown> }>;

const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** A function `worker` whose role holds these statements. */
const worker = (...Statement: unknown[]): Resources => ({
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'worker-role',
      AssumeRolePolicyDocument: trust,
      Policies:
        Statement.length > 0
          ? [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement } }]
          : [],
    },
  },
  WorkerLambdaFunction: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: 'worker',
      Handler: 'functions/worker/handler.handler',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    },
  },
});

const resources: Resources = {
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      AttributeDefinitions: ['pk', 'other'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'Other',
          KeySchema: [{ AttributeName: 'other', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    },
  },
  Queue: { Type: 'AWS::SQS::Queue' },
  DeadLetters: { Type: 'AWS::SQS::Queue' },
  Topic: { Type: 'AWS::SNS::Topic' },
  Bucket: { Type: 'AWS::S3::Bucket' },
  Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { SecretString: 'hidden' } },
};
const arn = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
const allow = (Action: string | string[], Resource: unknown) => ({ Effect: 'Allow', Action, Resource });

interface World {
  account: Clients;
  dynamoDb: DynamoDBClient;
  sqs: SQSClient;
  sns: SNSClient;
  s3: S3Client;
  secrets: SecretsManagerClient;
  lambda: LambdaClient;
  provisioned: ProvisionedTemplate;
  enforcement: Enforcement;
  refOf(logicalId: string): string;
  arnOf(logicalId: string): string;
  said: string[];
  metrics: MetricDatum[];
}

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

let stacks = 0;

/** A stack whose function `worker` may do what its role's statements say; its clients sign as the function does. */
const world = async (statements: unknown[], more: Resources = {}): Promise<World> => {
  stacks += 1;
  const account = createClients(engines.endpoints, region);
  undo.push(account.destroy);
  const secrets = secretStore(undefined);
  const provisioned = await provisionTemplate(
    Template.parse({ Resources: { ...resources, ...worker(...statements), ...more } }),
    {
      ...account,
      ...{ stackName: `rights-${stacks}`, region, accountId: ACCOUNT, secrets },
      queueEndpoint: gateways.endpoints.messaging,
      identity: { issuer: 'http://127.0.0.1:3001', clientId: 'local' },
    },
  );
  const said: string[] = [];
  const metrics: MetricDatum[] = [];
  const enforcement = await openRights({
    ...{ provisioned, region, secrets, managedPolicies: {}, serviceDirectory: '/nowhere' },
    clock: { now: () => Date.now() },
    metrics: (datum) => metrics.push(datum),
    tell: (line) => said.push(line),
  });
  await gateways.enforce(enforcement.rights, enforcement.listener);
  const judge = () => enforcement.judge;
  const secretsManager = await serveSecretsManager(secrets, judge);
  const runtime = createLambdaRuntime({ functions: [], metrics: () => {}, log: () => {} });
  const lambdaApi = await serveLambdaApi({ runtime: () => runtime, judge, acceptEvent: () => '' });
  undo.push(secretsManager.close, lambdaApi.close, runtime.stop);
  const common = {
    region,
    credentials: { accessKeyId: accessKeyOf('worker'), secretAccessKey: 'local' },
    maxAttempts: 1,
  };
  const messaging = { ...common, endpoint: gateways.endpoints.messaging };
  const resource = (logicalId: string) => {
    const found = provisioned.resources.get(logicalId);
    if (!found) throw new Error(`no ${logicalId}`);
    return found;
  };
  const clients = {
    dynamoDb: new DynamoDBClient({ ...common, endpoint: gateways.endpoints.dynamoDb }),
    sqs: new SQSClient(messaging),
    sns: new SNSClient(messaging),
    s3: new S3Client({ ...messaging, forcePathStyle: true }),
    secrets: new SecretsManagerClient({ ...common, endpoint: secretsManager.endpoint }),
    lambda: new LambdaClient({ ...common, endpoint: lambdaApi.url }),
  };
  undo.push(() => {
    for (const client of Object.values(clients)) client.destroy();
  });
  return {
    ...{ account, ...clients, provisioned, enforcement, said, metrics },
    refOf: (logicalId) => resource(logicalId).ref,
    arnOf: (logicalId) => resource(logicalId).attributes.Arn ?? resource(logicalId).ref,
  };
};

const put = (table: string, pk: string) => new PutItemCommand({ TableName: table, Item: { pk: { S: pk } } });
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/worker-role/worker`;
const lacking = (action: string, resource: string) =>
  `User: ${SESSION} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;

describe('a refusal has the form of its service', () => {
  test('DynamoDB: AccessDeniedException with status 400', async () => {
    const { dynamoDb, refOf, arnOf } = await world([]);
    await expect(dynamoDb.send(put(refOf('Table'), 'a'))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: lacking('dynamodb:PutItem', arnOf('Table')),
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('SQS: AccessDenied with status 403, its action in lower case', async () => {
    const { sqs, refOf, arnOf } = await world([]);
    const sending = sqs.send(new SendMessageCommand({ QueueUrl: refOf('Queue'), MessageBody: 'a' }));
    await expect(sending).rejects.toMatchObject({
      Code: 'AccessDenied',
      message: lacking('sqs:sendmessage', arnOf('Queue')),
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('SNS: AuthorizationError with status 403', async () => {
    const { sns, refOf } = await world([]);
    const publishing = sns.send(new PublishCommand({ TopicArn: refOf('Topic'), Message: 'a' }));
    await expect(publishing).rejects.toMatchObject({
      name: 'AuthorizationErrorException',
      message: lacking('SNS:Publish', refOf('Topic')),
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('S3: AccessDenied with status 403, its resource in quotes', async () => {
    const { s3, refOf, arnOf } = await world([]);
    const putting = s3.send(
      new PutObjectCommand({ Bucket: refOf('Bucket'), Key: 'a/b', Body: 'x'.repeat(100_000) }),
    );
    await expect(putting).rejects.toMatchObject({
      name: 'AccessDenied',
      message: lacking('s3:PutObject', `"${arnOf('Bucket')}/a/b"`),
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('Secrets Manager and Lambda: AccessDeniedException with status 400 and 403', async () => {
    const { secrets, lambda, refOf, arnOf } = await world([]);
    await expect(
      secrets.send(new GetSecretValueCommand({ SecretId: refOf('Secret') })),
    ).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: lacking('secretsmanager:GetSecretValue', refOf('Secret')),
      $metadata: { httpStatusCode: 400 },
    });
    await expect(lambda.send(new InvokeCommand({ FunctionName: 'worker' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: lacking('lambda:InvokeFunction', arnOf('WorkerLambdaFunction')),
      $metadata: { httpStatusCode: 403 },
    });
  });
});

test('what the role allows goes through, by the same connections that refusals came by', async () => {
  const { dynamoDb, sqs, sns, s3, secrets, refOf } = await world([
    allow('dynamodb:PutItem', arn('Table')),
    allow('sqs:SendMessage', arn('Queue')),
    allow('sns:Publish', { Ref: 'Topic' }),
    allow('s3:*Object', { 'Fn::Sub': '${Bucket.Arn}/*' }),
    allow('secretsmanager:GetSecretValue', { Ref: 'Secret' }),
  ]);
  const table = refOf('Table');
  await expect(
    dynamoDb.send(new GetItemCommand({ TableName: table, Key: { pk: { S: 'a' } } })),
  ).rejects.toThrow();
  await dynamoDb.send(put(table, 'a'));
  await sqs.send(
    new SendMessageBatchCommand({ QueueUrl: refOf('Queue'), Entries: [{ Id: 'a', MessageBody: 'b' }] }),
  );
  await sns.send(
    new PublishBatchCommand({
      TopicArn: refOf('Topic'),
      PublishBatchRequestEntries: [{ Id: 'a', Message: 'b' }],
    }),
  );
  const object = { Bucket: refOf('Bucket'), Key: 'a b/ü' };
  await s3.send(new PutObjectCommand({ ...object, Body: 'x'.repeat(3_000_000) }));
  const { Body } = await s3.send(new GetObjectCommand(object));
  expect(await Body?.transformToString()).toHaveLength(3_000_000);
  expect(await secrets.send(new GetSecretValueCommand({ SecretId: refOf('Secret') }))).toMatchObject({
    SecretString: 'hidden',
  });
});

test('calls that no function signed act as the account', async () => {
  const { refOf } = await world([]);
  const outside = createClients(gateways.endpoints, region);
  undo.push(outside.destroy);
  await outside.dynamoDb.send(put(refOf('Table'), 'a'));
  await outside.sqs.send(new SendMessageCommand({ QueueUrl: refOf('Queue'), MessageBody: 'a' }));
});

test('an index, a stream and an object have ARNs of their own', async () => {
  const query = (more = {}) => ({
    KeyConditionExpression: '#k = :k',
    ExpressionAttributeNames: { '#k': 'IndexName' in more ? 'other' : 'pk' },
    ExpressionAttributeValues: { ':k': { S: 'a' } },
    ...more,
  });
  const onIndex = await world([allow('dynamodb:Query', { 'Fn::Sub': '${Table.Arn}/index/*' })]);
  const TableName = onIndex.refOf('Table');
  await onIndex.dynamoDb.send(new QueryCommand({ TableName, ...query({ IndexName: 'Other' }) }));
  await expect(onIndex.dynamoDb.send(new QueryCommand({ TableName, ...query() }))).rejects.toThrow(
    'dynamodb:Query',
  );
  const onTable = await world([allow('dynamodb:Query', arn('Table')), allow('s3:GetObject', arn('Bucket'))]);
  await expect(
    onTable.dynamoDb.send(
      new QueryCommand({ TableName: onTable.refOf('Table'), ...query({ IndexName: 'Other' }) }),
    ),
  ).rejects.toThrow(`${onTable.arnOf('Table')}/index/Other`);
  await expect(
    onTable.s3.send(new GetObjectCommand({ Bucket: onTable.refOf('Bucket'), Key: 'a' })),
  ).rejects.toThrow('s3:GetObject');
});

describe('operations on many items', () => {
  const key = { pk: { S: 'a' } };

  test('batches need their own actions, on every table', async () => {
    const { dynamoDb, refOf } = await world([
      allow(['dynamodb:GetItem', 'dynamodb:PutItem'], arn('Table')),
      allow('dynamodb:BatchGetItem', arn('Table')),
    ]);
    const table = refOf('Table');
    await dynamoDb.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys: [key] } } }));
    const writing = dynamoDb.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: [{ PutRequest: { Item: key } }] } }),
    );
    await expect(writing).rejects.toThrow('dynamodb:BatchWriteItem');
    const other = new BatchGetItemCommand({
      RequestItems: { [table]: { Keys: [key] }, other: { Keys: [key] } },
    });
    await expect(dynamoDb.send(other)).rejects.toThrow('table/other');
  });

  test('a transaction needs the action of each of its items', async () => {
    const { dynamoDb, refOf } = await world([allow('dynamodb:PutItem', arn('Table'))]);
    const TableName = refOf('Table');
    await dynamoDb.send(
      new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName, Item: key } }] }),
    );
    const deleting = new TransactWriteItemsCommand({
      TransactItems: [{ Put: { TableName, Item: { pk: { S: 'b' } } } }, { Delete: { TableName, Key: key } }],
    });
    await expect(dynamoDb.send(deleting)).rejects.toThrow('dynamodb:DeleteItem');
    const checking = new TransactWriteItemsCommand({
      TransactItems: [
        { ConditionCheck: { TableName, Key: key, ConditionExpression: 'attribute_exists(pk)' } },
      ],
    });
    await expect(dynamoDb.send(checking)).rejects.toThrow('dynamodb:ConditionCheckItem');
  });

  test('PartiQL has actions of its own, and a batch is refused statement by statement', async () => {
    const { dynamoDb, refOf } = await world([allow('dynamodb:PartiQLInsert', arn('Table'))]);
    const table = refOf('Table');
    const insert = (pk: string) => ({
      Statement: `INSERT INTO "${table}" VALUE {'pk': ?}`,
      Parameters: [{ S: pk }],
    });
    const { Responses } = await dynamoDb.send(
      new BatchExecuteStatementCommand({
        Statements: [
          insert('one'),
          { Statement: `DELETE FROM "${table}" WHERE pk = ?`, Parameters: [{ S: 'a' }] },
          insert('two'),
        ],
      }),
    );
    expect(Responses?.map(({ Error: error }) => error?.Code)).toEqual([undefined, 'AccessDenied', undefined]);
    const selecting = dynamoDb.send(
      new ExecuteStatementCommand({
        Statement: `SELECT * FROM "${table}"."Other" WHERE other = ?`,
        Parameters: [{ S: 'a' }],
      }),
    );
    await expect(selecting).rejects.toThrow(/dynamodb:PartiQLSelect on resource: .*\/index\/Other/);
  });
});

test('conditions on the keys of items decide item by item', async () => {
  const own = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['user-${aws:PrincipalAccount}-*'] } };
  const { dynamoDb, refOf } = await world([
    {
      ...allow(['dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:BatchGetItem'], arn('Table')),
      Condition: own,
    },
  ]);
  const table = refOf('Table');
  const mine = `user-${ACCOUNT}-1`;
  await dynamoDb.send(put(table, mine));
  await expect(dynamoDb.send(put(table, 'user-1'))).rejects.toThrow('dynamodb:PutItem');
  const keysOf = (...keys: string[]) => ({
    RequestItems: { [table]: { Keys: keys.map((S) => ({ pk: { S } })) } },
  });
  await dynamoDb.send(new BatchGetItemCommand(keysOf(mine)));
  await expect(dynamoDb.send(new BatchGetItemCommand(keysOf(mine, 'user-1')))).rejects.toThrow(
    'BatchGetItem',
  );
  const query = (S: string) =>
    new QueryCommand({
      ...{ TableName: table, KeyConditionExpression: '#p = :p' },
      ...{ ExpressionAttributeNames: { '#p': 'pk' }, ExpressionAttributeValues: { ':p': { S } } },
    });
  await dynamoDb.send(query(mine));
  await expect(dynamoDb.send(query('user-1'))).rejects.toThrow('dynamodb:Query');
});

test('an object that is not there is not found only by who may list the bucket', async () => {
  const read = allow('s3:GetObject', { 'Fn::Sub': '${Bucket.Arn}/*' });
  const blind = await world([read]);
  await expect(
    blind.s3.send(new GetObjectCommand({ Bucket: blind.refOf('Bucket'), Key: 'no' })),
  ).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining('s3:ListBucket'),
  });
  const seeing = await world([read, allow('s3:ListBucket', arn('Bucket'))]);
  await expect(
    seeing.s3.send(new GetObjectCommand({ Bucket: seeing.refOf('Bucket'), Key: 'no' })),
  ).rejects.toMatchObject({
    name: 'NoSuchKey',
  });
});

test('policies of buckets and queues count: they allow, and their Deny wins', async () => {
  const statement = (more: object) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: arn('Role') }, ...more }],
  });
  const { s3, sqs, refOf } = await world([allow('sqs:*', arn('Queue'))], {
    BucketPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: { Ref: 'Bucket' },
        PolicyDocument: statement({ Action: 's3:PutObject', Resource: { 'Fn::Sub': '${Bucket.Arn}/*' } }),
      },
    },
    QueuePolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Queue' }],
        PolicyDocument: statement({ Effect: 'Deny', Action: 'sqs:PurgeQueue', Resource: '*' }),
      },
    },
  });
  await s3.send(new PutObjectCommand({ Bucket: refOf('Bucket'), Key: 'a', Body: 'b' }));
  await sqs.send(new ReceiveMessageCommand({ QueueUrl: refOf('Queue') }));
  const { PurgeQueueCommand } = await import('@aws-sdk/client-sqs');
  await expect(sqs.send(new PurgeQueueCommand({ QueueUrl: refOf('Queue') }))).rejects.toThrow(
    'with an explicit deny in a resource-based policy',
  );
});

test('a customer key must be allowed besides, through the service that uses it', async () => {
  const keyPolicy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  };
  const more: Resources = {
    Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: keyPolicy } },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { KmsMasterKeyId: { Ref: 'Key' } } },
  };
  const via = (service: string) => ({
    ...allow('kms:*', arn('Key')),
    Condition: { StringEquals: { 'kms:ViaService': `${service}.us-east-1.amazonaws.com` } },
  });
  const send = ({ sqs, refOf }: World) =>
    sqs.send(new SendMessageCommand({ QueueUrl: refOf('Queue'), MessageBody: 'a' }));
  await send(await world([allow('sqs:*', arn('Queue')), via('sqs')], more));
  await expect(send(await world([allow('sqs:*', arn('Queue')), via('s3')], more))).rejects.toThrow(
    'kms:GenerateDataKey',
  );
});

describe('a topic delivers to a queue', () => {
  const subscription = (RedrivePolicy?: unknown) => ({
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        ...{ TopicArn: { Ref: 'Topic' }, Protocol: 'sqs', Endpoint: arn('Queue'), RawMessageDelivery: true },
        ...(RedrivePolicy !== undefined && { RedrivePolicy }),
      },
    },
  });
  const policyOf = (queue: string, source: unknown = { Ref: 'Topic' }) => ({
    [`${queue}Policy`]: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: queue }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              ...allow('sqs:SendMessage', arn(queue)),
              Principal: { Service: 'sns.amazonaws.com' },
              Condition: { ArnEquals: { 'aws:SourceArn': source } },
            },
          ],
        },
      },
    },
  });
  const arrived = async (more: Resources) => {
    const { account, refOf, enforcement } = await world([], more);
    await engines.refuseDeliveries(enforcement.refusedDeliveries);
    await account.sns.send(new PublishCommand({ TopicArn: refOf('Topic'), Message: 'hello' }));
    const bodies = async (queue: string) => {
      const { Messages = [] } = await account.sqs.send(new ReceiveMessageCommand({ QueueUrl: refOf(queue) }));
      return Messages.map(({ Body }) => Body);
    };
    return {
      queue: await bodies('Queue'),
      deadLetters: await bodies('DeadLetters'),
      refused: enforcement.refusedDeliveries,
    };
  };
  const redrive = { deadLetterTargetArn: arn('DeadLetters') };

  test('whose policy lets it', async () => {
    const { queue, refused } = await arrived({ ...subscription(redrive), ...policyOf('Queue') });
    expect({ queue, refused }).toEqual({ queue: ['hello'], refused: [] });
  });

  test('and otherwise to the dead-letter queue of its subscription', async () => {
    const elsewhere = 'arn:aws:sns:us-east-1:000000000000:other';
    const { queue, deadLetters, refused } = await arrived({
      ...subscription(redrive),
      ...policyOf('Queue', elsewhere),
      ...policyOf('DeadLetters'),
    });
    expect({ queue, deadLetters }).toEqual({ queue: [], deadLetters: ['hello'] });
    expect(refused).toMatchObject([
      { reason: expect.stringContaining("the queue's policy does not allow sqs:SendMessage") },
    ]);
  });

  test('or nowhere, when that lets it in as little', async () => {
    const { queue, deadLetters } = await arrived(subscription(redrive));
    expect({ queue, deadLetters }).toEqual({ queue: [], deadLetters: [] });
  });

  const invoked = async (more: Resources) => {
    const toFunction = {
      Subscription: {
        Type: 'AWS::SNS::Subscription',
        Properties: {
          ...{ TopicArn: { Ref: 'Topic' }, Protocol: 'lambda', Endpoint: arn('WorkerLambdaFunction') },
          RedrivePolicy: redrive,
        },
      },
    };
    functionEvents.length = 0;
    const { deadLetters, refused } = await arrived({ ...toFunction, ...policyOf('DeadLetters'), ...more });
    return { events: functionEvents.map(({ Records: [{ Sns }] }) => Sns.Message), deadLetters, refused };
  };
  const permission = (SourceArn: unknown, Principal = 'sns.amazonaws.com') => ({
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        ...{ FunctionName: arn('WorkerLambdaFunction'), Action: 'lambda:InvokeFunction' },
        ...{ Principal, SourceArn },
      },
    },
  });

  test('a topic invokes a function whose permission lets it', async () => {
    const { events, refused } = await invoked(permission({ Ref: 'Topic' }));
    expect({ events, refused }).toEqual({ events: ['hello'], refused: [] });
    const without = await invoked({});
    expect(without).toMatchObject({
      events: [],
      refused: [
        { reason: expect.stringContaining("function's policy does not allow lambda:InvokeFunction") },
      ],
    });
  });

  test('and no other, and then tells the dead-letter queue of the subscription', async () => {
    for (const more of [
      permission('arn:aws:sns:us-east-1:000000000000:other'),
      permission({ Ref: 'Topic' }, 'events.amazonaws.com'),
    ]) {
      const { events, deadLetters } = await invoked(more);
      expect(events).toEqual([]);
      expect(deadLetters.map((body) => JSON.parse(body ?? '').Message)).toEqual(['hello']);
    }
  });

  test('but never to one under the key that AWS manages', async () => {
    const { refused } = await arrived({
      ...subscription(),
      ...policyOf('Queue'),
      Queue: { Type: 'AWS::SQS::Queue', Properties: { KmsMasterKeyId: 'alias/aws/sqs' } },
    });
    expect(refused).toMatchObject([{ reason: expect.stringContaining('alias/aws/sqs') }]);
  });
});

describe('an event source mapping acts under the role of its function', () => {
  const admit = async (statements: unknown[], properties: (world: World) => Record<string, unknown>) => {
    const made = await world(statements);
    const mapping = parseEventSourceMapping(
      { FunctionName: made.arnOf('WorkerLambdaFunction'), ...properties(made) },
      'Mapping',
    );
    return () => admitMappings([mapping], made.enforcement.rights, made.enforcement.judge);
  };
  const stream = ({ provisioned }: World) => provisioned.resources.get('Table')?.attributes.StreamArn;
  const READ = [
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:DescribeStream',
    'dynamodb:ListStreams',
  ];
  const streamArn = { 'Fn::GetAtt': ['Table', 'StreamArn'] };
  const ofStream = (made: World) => ({ EventSourceArn: stream(made), StartingPosition: 'LATEST' });

  test('and is refused by the name of what it lacks to read a stream', async () => {
    expect(await admit([allow(READ, streamArn)], ofStream)).not.toThrow();
    for (const missing of READ) {
      const rest = READ.filter((action) => action !== missing);
      expect(await admit([allow(rest, streamArn)], ofStream)).toThrow(
        new RegExp(`Cannot access stream .*It lacks ${missing}`),
      );
    }
    expect(await admit([allow(READ, arn('Table'))], ofStream)).toThrow('Cannot access stream');
  });

  test('and to receive from a queue and delete', async () => {
    const actions = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
    const ofQueue = (made: World) => ({ EventSourceArn: made.arnOf('Queue') });
    expect(await admit([allow(actions, arn('Queue'))], ofQueue)).not.toThrow();
    for (const missing of actions) {
      const rest = actions.filter((action) => action !== missing);
      expect(await admit([allow(rest, arn('Queue'))], ofQueue)).toThrow(
        `The provided execution role does not have permissions to call ${missing.slice(4)} on SQS`,
      );
    }
  });

  test('and to write to its on-failure destination', async () => {
    const read = allow(READ, streamArn);
    const to = (logicalId: string) => (made: World) => ({
      ...ofStream(made),
      DestinationConfig: { OnFailure: { Destination: made.arnOf(logicalId) } },
    });
    expect(await admit([read], to('Queue'))).toThrow('SendMessage on SQS');
    expect(await admit([read], to('Topic'))).toThrow('Publish on SNS');
    expect(
      await admit([read, allow('s3:PutObject', { 'Fn::Sub': '${Bucket.Arn}/*' })], to('Bucket')),
    ).toThrow('ListBucket on S3');
    const both = [
      allow('s3:PutObject', { 'Fn::Sub': '${Bucket.Arn}/aws/lambda/*' }),
      allow('s3:ListBucket', arn('Bucket')),
    ];
    expect(await admit([read, ...both], to('Bucket'))).not.toThrow();
  });

  test('and to write to the destinations of its asynchronous events', async () => {
    const admitted = async (
      statements: unknown[],
      logicalId: string,
      given: 'dead letters' | 'on failure',
    ) => {
      const made = await world(statements);
      const destination = made.arnOf(logicalId);
      const [configuration] = asynchronousConfigurations(
        [
          {
            functionName: 'worker',
            functionArn: made.arnOf('WorkerLambdaFunction'),
            properties: given === 'dead letters' ? { DeadLetterConfig: { TargetArn: destination } } : {},
          },
        ],
        given === 'dead letters'
          ? []
          : [
              {
                ...{ FunctionName: 'worker', Qualifier: '$LATEST' },
                DestinationConfig: { OnFailure: { Destination: destination } },
              },
            ],
      );
      const { rights, judge } = made.enforcement;
      return () => admitDestinations(configuration ? [configuration] : [], rights, judge);
    };
    expect(await admitted([], 'Queue', 'on failure')).toThrow('call SendMessage on SQS');
    expect(await admitted([], 'Queue', 'dead letters')).toThrow('call SendMessage on SQS');
    expect(await admitted([], 'Topic', 'dead letters')).toThrow('call Publish on SNS');
    expect(await admitted([], 'WorkerLambdaFunction', 'on failure')).toThrow('call InvokeFunction on LAMBDA');
    const put = allow('s3:PutObject', { 'Fn::Sub': '${Bucket.Arn}/aws/lambda/async/worker/*' });
    expect(await admitted([put], 'Bucket', 'on failure')).toThrow('call ListBucket on S3');
    const list = allow('s3:ListBucket', arn('Bucket'));
    expect(await admitted([put, list], 'Bucket', 'on failure')).not.toThrow();
    expect(await admitted([allow('sqs:SendMessage', arn('Queue'))], 'Queue', 'on failure')).not.toThrow();
  });
});

describe('EventBridge and its Scheduler', () => {
  const busPolicy = (Condition: Record<string, unknown> = {}) => [
    { ...allow('events:PutEvents', arn('Bus')), Condition },
  ];
  const bus = { Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'shop' } } };

  test('PutEvents needs a right on the bus', async () => {
    const put = async (statements: unknown[], Source = 'shop') => {
      const made = await world(statements, bus);
      const body = { Entries: [{ EventBusName: 'shop', Source, DetailType: 'placed', Detail: '{}' }] };
      const call = {
        ...{ method: 'POST', path: '/' },
        headers: {
          'x-amz-target': 'AWSEvents.PutEvents',
          authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyOf('worker')}/20260115/${region}/events/aws4_request`,
        },
        requestBody: Buffer.from(JSON.stringify(body)),
      };
      return made.enforcement.judge.judge(call).refusals.map(({ need }) => `${need.action} ${need.resource}`);
    };
    expect(await put(busPolicy())).toEqual([]);
    expect(await put([])).toEqual([`events:PutEvents arn:aws:events:${region}:${ACCOUNT}:event-bus/shop`]);
    const ofShop = busPolicy({ StringEquals: { 'events:source': 'shop', 'events:detail-type': 'placed' } });
    expect(await put(ofShop)).toEqual([]);
    expect(await put(ofShop, 'other')).toHaveLength(1);
  });

  const sender = (made: World, logicalId: string, kind: 'rule' | 'schedule') => {
    const { rules, schedules } = declaredEventBridge(made.provisioned);
    const found = [...rules, ...schedules].find((one) => one.kind === kind && one.logicalId === logicalId);
    if (!found) throw new Error(`no ${logicalId}`);
    return found;
  };
  const refusals = (made: World, logicalId: string, kind: 'rule' | 'schedule') =>
    refusedTargetLines(
      [sender(made, logicalId, kind)],
      refusalOfTargets(() => made.enforcement.judge),
    );

  test('a rule is let in by the policy of its target', async () => {
    const rule = {
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: { source: ['shop'] },
          Targets: [
            { Id: 'function', Arn: arn('WorkerLambdaFunction') },
            { Id: 'queue', Arn: arn('Queue') },
          ],
        },
      },
    };
    expect(refusals(await world([], rule), 'Rule', 'rule')).toEqual([
      expect.stringMatching(/^DENIED {2}lambda:InvokeFunction on worker by Rule: the function's policy/),
      expect.stringMatching(/^DENIED {2}sqs:SendMessage on \S+ by Rule: the queue's policy/),
    ]);
    const made = await world([], {
      ...rule,
      Permission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          ...{ FunctionName: arn('WorkerLambdaFunction'), Action: 'lambda:InvokeFunction' },
          ...{ Principal: 'events.amazonaws.com', SourceArn: arn('Rule') },
        },
      },
      QueuePolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: 'Queue' }],
          PolicyDocument: {
            Statement: [
              {
                ...allow('sqs:SendMessage', arn('Queue')),
                Principal: { Service: 'events.amazonaws.com' },
                Condition: { ArnEquals: { 'aws:SourceArn': arn('Rule') } },
              },
            ],
          },
        },
      },
    });
    expect(refusals(made, 'Rule', 'rule')).toEqual([]);
  });

  const scheduled = (service: string, statements: unknown[]) => ({
    SchedulerRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
        },
        Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
      },
    },
    Nightly: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'rate(1 day)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: arn('WorkerLambdaFunction'), RoleArn: arn('SchedulerRole') },
      },
    },
  });
  const invoke = allow('lambda:InvokeFunction', arn('WorkerLambdaFunction'));

  test('a schedule is refused whose role Scheduler may not assume', async () => {
    const admit = async (service: string) => {
      const made = await world([], scheduled(service, [invoke]));
      const { schedules } = declaredEventBridge(made.provisioned);
      return () => admitSchedules(schedules, made.enforcement.rights);
    };
    expect(await admit('scheduler.amazonaws.com')).not.toThrow();
    expect(await admit('lambda.amazonaws.com')).toThrow(/to assume the role.*\n {2}Nightly: SchedulerRole/);
  });

  test('and acts under that role', async () => {
    const service = 'scheduler.amazonaws.com';
    expect(refusals(await world([], scheduled(service, [invoke])), 'Nightly', 'schedule')).toEqual([]);
    const other = allow('sqs:SendMessage', arn('Queue'));
    expect(refusals(await world([], scheduled(service, [other])), 'Nightly', 'schedule')).toEqual([
      expect.stringMatching(/by Nightly: its role does not allow lambda:InvokeFunction on arn:/),
    ]);
  });
});

describe('a template that IAM would refuse', () => {
  test('is refused at the start, every problem by its path', async () => {
    const starting = world([{ Effect: 'Allow', Action: 'PutItem', Resource: '*' }], {
      QueuePolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: { Queues: [{ Ref: 'Queue' }], PolicyDocument: { Statement: [] } },
      },
    });
    await expect(starting).rejects.toThrow(
      'Role.Properties.Policies[0].PolicyDocument.Statement[0].Action: "PutItem"',
    );
    await expect(starting).rejects.toThrow('QueuePolicy.Properties.PolicyDocument.Statement');
  });

  test('names a managed policy that is not known here, and a role that Lambda may not assume', async () => {
    const role = (Properties: object): Resources => ({
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust, ...Properties } },
    });
    await expect(world([], role({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/Nobody'] }))).rejects.toThrow(
      'custom.localStack.managedPolicies["arn:aws:iam::aws:policy/Nobody"]',
    );
    const service = {
      Effect: 'Allow',
      Principal: { Service: 'ec2.amazonaws.com' },
      Action: 'sts:AssumeRole',
    };
    await expect(
      world([], role({ AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [service] } })),
    ).rejects.toThrow('cannot be assumed by Lambda');
  });
});

describe('a role gets its policies', () => {
  const sent = async (roleProperties: object, more: Resources = {}) => {
    const { sqs, refOf } = await world([], {
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust, ...roleProperties } },
      ...more,
    });
    return sqs.send(new SendMessageCommand({ QueueUrl: refOf('Queue'), MessageBody: 'a' })).then(
      () => true,
      () => false,
    );
  };
  const document = { Version: '2012-10-17', Statement: [allow('sqs:SendMessage', arn('Queue'))] };
  const managed = { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: document } };

  test('from policies beside it, of its own account and of AWS, within its boundary', async () => {
    const beside = {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: 'p', PolicyDocument: document, Roles: [{ Ref: 'Role' }] },
    };
    expect(await sent({})).toBe(false);
    expect(await sent({}, { Beside: beside })).toBe(true);
    expect(await sent({ ManagedPolicyArns: [{ Ref: 'Managed' }] }, { Managed: managed })).toBe(true);
    expect(await sent({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonSQSFullAccess'] })).toBe(true);
    const bounded = {
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonSQSFullAccess'],
      PermissionsBoundary: 'arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess',
    };
    expect(await sent(bounded)).toBe(false);
  });
});

test('a refusal is told in one line with the statement that would allow it, and counted', async () => {
  const { dynamoDb, sqs, refOf, said, metrics } = await world([
    { Sid: 'Never', Effect: 'Deny', Action: 'sqs:SendMessage', Resource: '*' },
    { ...allow('sqs:ReceiveMessage', arn('Queue')), Condition: { StringEquals: { 'ec2:Region': 'x' } } },
  ]);
  const table = refOf('Table');
  await expect(dynamoDb.send(put(table, 'a'))).rejects.toThrow();
  await expect(dynamoDb.send(put(table, 'b'))).rejects.toThrow();
  await expect(
    sqs.send(new SendMessageCommand({ QueueUrl: refOf('Queue'), MessageBody: 'a' })),
  ).rejects.toThrow('explicit deny');
  await expect(sqs.send(new ReceiveMessageCommand({ QueueUrl: refOf('Queue') }))).rejects.toThrow(
    'ec2:Region',
  );
  expect(said).toEqual([
    'DENIED  worker may not dynamodb:PutItem on Table.Arn. To allow it, add to iamRoleStatements of functions.worker in serverless.yml: ' +
      '{ Effect: Allow, Action: dynamodb:PutItem, Resource: !GetAtt Table.Arn }',
    'DENIED  worker may not sqs:SendMessage on Queue.Arn: Role.Properties.Policies[0].PolicyDocument.Statement[0] denies it.',
    expect.stringContaining('The local stack cannot judge the condition key ec2:Region.'),
  ]);
  expect(metrics.filter(({ name }) => name === 'AccessDenied')).toHaveLength(4);
  expect(metrics[0]).toMatchObject({
    namespace: 'LocalStack/Rights',
    dimensions: { FunctionName: 'worker' },
    value: 1,
  });
});
