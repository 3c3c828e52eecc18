// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub writes its references so
import { DescribeTableCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ListSubscriptionsByTopicCommand, PublishCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { type Clients, createClients } from '../../src/clients.ts';
import { Template } from '../../src/cloudformation/template.ts';
import { startDynoxide } from '../../src/engines/dynoxide.ts';
import type { Engine } from '../../src/engines/engine.ts';
import { type MessagingEngine, startFauxqs } from '../../src/engines/fauxqs.ts';
import { LocalValues } from '../../src/parameters/local-values.ts';
import { type ProvisionedTemplate, provisionTemplate } from '../../src/provisioning/index.ts';
import { secretStore } from '../../src/provisioning/secret-store.ts';
import { parseSettings, type Settings } from '../../src/settings.ts';

const region = 'us-east-1';
let dynamoDb: Engine;
let messaging: MessagingEngine;
let clients: Clients;

beforeAll(async () => {
  [dynamoDb, messaging] = await Promise.all([startDynoxide(), startFauxqs({ port: 0, region })]);
  clients = createClients({ dynamoDb: dynamoDb.endpoint, messaging: messaging.endpoint }, region);
});
afterAll(async () => {
  clients?.destroy();
  await Promise.all([dynamoDb?.stop(), messaging?.stop()]);
});

type Resources = Record<string, { Type: string; Condition?: string; Properties?: Record<string, unknown> }>;

const get = (logicalId: string, attribute: string) => ({ 'Fn::GetAtt': [logicalId, attribute] });

let stacks = 0;

/** A stack of its own on the shared engines; each call provisions what it is given over what is there. */
const newStack = (settings?: Settings, values?: LocalValues) => {
  stacks += 1;
  const stackName = `stack-${stacks}`;
  const secrets = secretStore(undefined);
  return (Resources: Resources, more: Partial<Template> = {}): Promise<ProvisionedTemplate> =>
    provisionTemplate(
      Template.parse({ ...more, Resources }),
      {
        ...clients,
        stackName,
        region,
        accountId: '000000000000',
        secrets,
        ...(values && { values }),
        identity: { issuer: 'http://127.0.0.1:3001', clientId: 'local' },
      },
      settings,
    );
};

const refOf = ({ resources }: ProvisionedTemplate, logicalId: string): string => {
  const resource = resources.get(logicalId);
  if (!resource) throw new Error(`no ${logicalId}`);
  return resource.ref;
};

const table = (more: Record<string, unknown> = {}): Resources[string] => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'owner', AttributeType: 'S' },
      { AttributeName: 'at', AttributeType: 'S' },
    ],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'ByOwner',
        KeySchema: [
          { AttributeName: 'owner', KeyType: 'HASH' },
          { AttributeName: 'at', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    ...more,
  },
});

/** A topic with one subscribed queue, which has a dead-letter queue. */
const fanOut = (
  subscription: Record<string, unknown> = {},
  queue: Record<string, unknown> = {},
): Resources => ({
  Topic: { Type: 'AWS::SNS::Topic' },
  Queue: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      VisibilityTimeout: 60,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Failed', 'Arn'] }, maxReceiveCount: 5 },
      ...queue,
    },
  },
  Failed: { Type: 'AWS::SQS::Queue' },
  Subscription: {
    Type: 'AWS::SNS::Subscription',
    Properties: {
      TopicArn: { Ref: 'Topic' },
      Protocol: 'sqs',
      Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      RawMessageDelivery: true,
      FilterPolicyScope: 'MessageAttributes',
      FilterPolicy: { change: ['published'] },
      ...subscription,
    },
  },
});

const publish = async (stack: ProvisionedTemplate, change: string) => {
  await clients.sns.send(
    new PublishCommand({
      TopicArn: refOf(stack, 'Topic'),
      Message: change,
      MessageAttributes: { change: { DataType: 'String', StringValue: change } },
    }),
  );
};

const received = async (stack: ProvisionedTemplate): Promise<(string | undefined)[]> => {
  const { Messages = [] } = await clients.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: refOf(stack, 'Queue'), MaxNumberOfMessages: 10 }),
  );
  return Messages.map(({ Body }) => Body);
};

describe('provisioning again over what is there', () => {
  test('changes nothing, neither names nor data', async () => {
    const provision = newStack();
    const resources: Resources = {
      ...fanOut(),
      Table: table(),
      Bucket: { Type: 'AWS::S3::Bucket' },
      Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { GenerateSecretString: {} } },
    };
    const first = await provision(resources);
    await clients.dynamoDb.send(
      new PutItemCommand({ TableName: refOf(first, 'Table'), Item: { id: { S: 'kept' } } }),
    );
    await clients.sqs.send(new SendMessageCommand({ QueueUrl: refOf(first, 'Queue'), MessageBody: 'kept' }));

    const second = await provision(resources);
    expect([...second.resources]).toEqual([...first.resources]);
    const { Item } = await clients.dynamoDb.send(
      new GetItemCommand({ TableName: refOf(second, 'Table'), Key: { id: { S: 'kept' } } }),
    );
    expect(Item).toEqual({ id: { S: 'kept' } });
    const { Subscriptions } = await clients.sns.send(
      new ListSubscriptionsByTopicCommand({ TopicArn: refOf(second, 'Topic') }),
    );
    expect(Subscriptions).toHaveLength(1);
    await publish(second, 'published');
    expect((await received(second)).toSorted()).toEqual(['kept', 'published']);
  });

  test('a changed filter policy decides from then on, and a removed one lets everything through', async () => {
    const provision = newStack();
    let stack = await provision(fanOut());
    await publish(stack, 'published');
    await publish(stack, 'flagged');
    expect(await received(stack)).toEqual(['published']);

    stack = await provision(fanOut({ FilterPolicy: { change: ['flagged'] } }));
    await publish(stack, 'published');
    await publish(stack, 'flagged');
    expect(await received(stack)).toEqual(['flagged']);

    stack = await provision(fanOut({ FilterPolicy: undefined }));
    await publish(stack, 'edited');
    expect(await received(stack)).toEqual(['edited']);
  });

  test('a subscription that the template no longer declares gets nothing more', async () => {
    const provision = newStack();
    await provision(fanOut());
    const { Subscription: _gone, ...rest } = fanOut();
    const stack = await provision(rest);
    await publish(stack, 'published');
    expect(await received(stack)).toEqual([]);
  });

  test('a function that is subscribed inside of a topic stays, until the template takes it out', async () => {
    const provision = newStack();
    const subscriptions = async (stack: ProvisionedTemplate) => {
      const { Subscriptions = [] } = await clients.sns.send(
        new ListSubscriptionsByTopicCommand({ TopicArn: refOf(stack, 'Topic') }),
      );
      return Subscriptions.map(({ Protocol, Endpoint }) => `${Protocol} ${Endpoint?.split(':').pop()}`);
    };
    const topic = (Subscription: unknown[]) => ({
      Topic: { Type: 'AWS::SNS::Topic', Properties: { Subscription } },
    });
    const toFunction = { Protocol: 'lambda', Endpoint: 'arn:aws:lambda:us-east-1:000000000000:function:f' };
    expect(await subscriptions(await provision(topic([toFunction])))).toEqual(['lambda f']);
    expect(await subscriptions(await provision(topic([toFunction])))).toEqual(['lambda f']);
    expect(await subscriptions(await provision(topic([])))).toEqual([]);
  });

  test('a changed queue gets its new attributes', async () => {
    const provision = newStack();
    await provision(fanOut());
    const stack = await provision(
      fanOut(
        {},
        {
          VisibilityTimeout: 90,
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Failed', 'Arn'] }, maxReceiveCount: 7 },
        },
      ),
    );
    const { Attributes = {} } = await clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: refOf(stack, 'Queue'), AttributeNames: ['All'] }),
    );
    expect(Attributes.VisibilityTimeout).toBe('90');
    expect(JSON.parse(Attributes.RedrivePolicy ?? '')).toMatchObject({ maxReceiveCount: 7 });
  });

  test.each<[what: string, change: Record<string, unknown>]>([
    ['another key', { KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }] }],
    [
      'a sort key',
      {
        KeySchema: [
          { AttributeName: 'id', KeyType: 'HASH' },
          { AttributeName: 'at', KeyType: 'RANGE' },
        ],
      },
    ],
    [
      'another type of key',
      {
        AttributeDefinitions: [
          { AttributeName: 'id', AttributeType: 'N' },
          { AttributeName: 'owner', AttributeType: 'S' },
          { AttributeName: 'at', AttributeType: 'S' },
        ],
      },
    ],
    [
      'another key of an index',
      {
        GlobalSecondaryIndexes: [
          {
            IndexName: 'ByOwner',
            KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      },
    ],
    ['no index', { GlobalSecondaryIndexes: undefined }],
    ['another stream', { StreamSpecification: { StreamViewType: 'NEW_IMAGE' } }],
  ])('a table that got %s is refused, with what to do', async (_what, change) => {
    const provision = newStack();
    await provision({ Table: table() });
    await expect(provision({ Table: table(change) })).rejects.toThrow(
      /^Table \(AWS::DynamoDB::Table\): .*--fresh/,
    );
  });
});

describe('what a template declares', () => {
  const always = { Always: { 'Fn::Equals': ['a', 'a'] }, Never: { 'Fn::Equals': ['a', 'b'] } };

  test('exists only if its condition is true', async () => {
    const stack = await newStack()(
      {
        There: { Type: 'AWS::SQS::Queue', Condition: 'Always' },
        NotThere: { Type: 'AWS::SQS::Queue', Condition: 'Never' },
      },
      { Conditions: always },
    );
    expect([...stack.resources.keys()]).toEqual(['There']);
  });

  test('cannot refer to what does not exist by its condition', async () => {
    await expect(
      newStack()(
        {
          NotThere: { Type: 'AWS::SQS::Queue', Condition: 'Never' },
          Function: {
            Type: 'AWS::Lambda::Function',
            Properties: { Environment: { Variables: { QUEUE: { Ref: 'NotThere' } } } },
          },
        },
        { Conditions: always },
      ),
    ).rejects.toThrow(
      'Function.Environment.Variables.QUEUE: "NotThere" does not exist: its condition is false',
    );
  });

  test.each<[what: string, resource: Resources[string], message: RegExp]>([
    [
      'an unsupported intrinsic in a nested property',
      {
        Type: 'AWS::Lambda::Function',
        Properties: { Environment: { Variables: { A: { 'Fn::ToJsonString': {} } } } },
      },
      /^It\.Environment\.Variables\.A: Fn::ToJsonString is not supported locally/,
    ],
    [
      'a Ref to nothing',
      { Type: 'AWS::SQS::Queue', Properties: { RedrivePolicy: { deadLetterTargetArn: { Ref: 'Nobody' } } } },
      /^It\.RedrivePolicy\.deadLetterTargetArn: there is no resource "Nobody"/,
    ],
    [
      'an attribute that there is not locally',
      { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::GetAtt': ['Other', 'Colour'] } } },
      /^It\.Role: Other \(AWS::SQS::Queue\) has no local attribute "Colour"/,
    ],
    [
      'a subscription of something else than a queue or function',
      {
        Type: 'AWS::SNS::Subscription',
        Properties: { TopicArn: 'arn', Protocol: 'email', Endpoint: 'arn' },
      },
      /^It \(AWS::SNS::Subscription\): .*only subscriptions of queues and functions .* are served locally[^{]*Protocol/s,
    ],
    [
      'raw message delivery to a function',
      {
        Type: 'AWS::SNS::Subscription',
        Properties: { TopicArn: 'arn', Protocol: 'lambda', Endpoint: 'arn', RawMessageDelivery: true },
      },
      /^It \(AWS::SNS::Subscription\): Delivery protocol \[lambda\] does not support raw message delivery/,
    ],
    [
      'an EventInvokeConfig that Lambda would refuse',
      {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: { FunctionName: 'f', Qualifier: '$LATEST', MaximumRetryAttempts: 3 },
      },
      /^It \(AWS::Lambda::EventInvokeConfig\): [^{]*MaximumRetryAttempts/s,
    ],
    [
      'a FIFO queue whose name does not say so',
      { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true, QueueName: 'work' } },
      /^It \(AWS::SQS::Queue\): the name of a FIFO queue \(FifoQueue: true\) ends with .fifo/,
    ],
    [
      'a FIFO queue with a standard dead-letter queue',
      {
        Type: 'AWS::SQS::Queue',
        Properties: {
          FifoQueue: true,
          RedrivePolicy: { deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:1:dead', maxReceiveCount: 3 },
        },
      },
      /^It \(AWS::SQS::Queue\): the dead-letter queue of a FIFO queue must be one, too/,
    ],
    [
      'a FIFO topic with an archive',
      {
        Type: 'AWS::SNS::Topic',
        Properties: { FifoTopic: true, ArchivePolicy: { MessageRetentionPeriod: 30 } },
      },
      /^It \(AWS::SNS::Topic\): archiving and replay \(ArchivePolicy\) are not served/,
    ],
    [
      'a reference to a secret of another stack',
      { Type: 'AWS::Lambda::Function', Properties: { A: '{{resolve:secretsmanager:foreign:SecretString}}' } },
      /\{\{resolve:secretsmanager:foreign:SecretString\}\} names no secret of this stack/,
    ],
  ])('%s is an error that names the resource', async (_what, It, message) => {
    await expect(newStack()({ It, Other: { Type: 'AWS::SQS::Queue' } })).rejects.toThrow(message);
  });

  test('what has no local meaning is not looked at, but can be referred to', async () => {
    const stack = await newStack()({
      Role: { Type: 'AWS::IAM::Role', Properties: { Odd: { 'Fn::ToJsonString': {} } } },
      Function: { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
    });
    expect(stack.declaredOnly).toEqual([
      {
        logicalId: 'Role',
        type: 'AWS::IAM::Role',
        reason: expect.stringContaining('what the functions may do'),
      },
    ]);
    expect(stack.resources.get('Function')?.properties.Role).toMatch(/^arn:aws:iam:/);
  });
});

describe('what cannot be served', () => {
  const rest = { Type: 'AWS::ApiGateway::RestApi' };
  const archive = { Type: 'AWS::Events::Archive' };

  test('is told whole, each resource by its name with the reason', async () => {
    const refused = newStack()({ Rest: rest, Nightly: archive, Queue: { Type: 'AWS::SQS::Queue' } });
    await expect(refused).rejects.toThrow(/Rest \(AWS::ApiGateway::RestApi\): REST APIs/);
    await expect(refused).rejects.toThrow(/Nightly \(AWS::Events::Archive\): archives of events/);
    await expect(refused).rejects.toThrow('custom.localStack.ignore');
  });

  test('can be gone on without, by name', async () => {
    const settings = parseSettings({ ignore: ['Rest', 'Nightly'] });
    const stack = await newStack(settings)({
      Rest: rest,
      Nightly: archive,
      Queue: { Type: 'AWS::SQS::Queue' },
    });
    expect(stack.resources.has('Queue')).toBe(true);
    expect(stack.ignored.map(({ logicalId }) => logicalId)).toEqual(['Rest', 'Nightly']);
  });

  test('an attribute that is not known here can be given', async () => {
    const settings = parseSettings({ attributes: { Queue: { Colour: 'red' } } });
    const resources = {
      Queue: { Type: 'AWS::SQS::Queue' },
      Function: { Type: 'AWS::Lambda::Function', Properties: { A: { 'Fn::GetAtt': ['Queue', 'Colour'] } } },
    };
    await expect(newStack()(resources)).rejects.toThrow('custom.localStack.attributes.Queue.Colour');
    const stack = await newStack(settings)(resources);
    expect(stack.resources.get('Function')?.properties).toEqual({ A: 'red' });
  });

  test('settings that are not known are refused, all at once', () => {
    expect(() => parseSettings({ ignored: [], attributes: { A: 1 } })).toThrow(/ignored[\s\S]*attributes/);
  });
});

describe('names', () => {
  test('a bucket whose name would be over 63 characters gets a shorter one, the same on every start', async () => {
    const provision = newStack();
    const logicalId = `Bucket${'Long'.repeat(20)}`;
    const refOf = async () =>
      (await provision({ [logicalId]: { Type: 'AWS::S3::Bucket' } })).resources.get(logicalId)?.ref;
    const name = await refOf();
    expect(name).toMatch(/^[a-z0-9-]{3,63}$/);
    expect(await refOf()).toBe(name);
  });

  test('stream ARNs name the region of the stack', async () => {
    const stack = await newStack()({
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          AttributeDefinitions: [
            { AttributeName: 'a', AttributeType: 'S' },
            { AttributeName: 'b', AttributeType: 'S' },
            { AttributeName: 'c', AttributeType: 'S' },
          ],
          KeySchema: [
            { AttributeName: 'a', KeyType: 'HASH' },
            { AttributeName: 'b', KeyType: 'RANGE' },
          ],
          LocalSecondaryIndexes: [
            {
              IndexName: 'ByC',
              KeySchema: [
                { AttributeName: 'a', KeyType: 'HASH' },
                { AttributeName: 'c', KeyType: 'RANGE' },
              ],
              Projection: { ProjectionType: 'ALL' },
            },
          ],
          StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
        },
      },
    });
    const { attributes, ref } = stack.resources.get('Table') ?? { ref: '' };
    expect(attributes?.StreamArn).toMatch(/^arn:aws:dynamodb:us-east-1:000000000000:table\/.*\/stream\/.+/);
    const { Table } = await clients.dynamoDb.send(new DescribeTableCommand({ TableName: ref }));
    expect(Table?.LocalSecondaryIndexes?.map(({ IndexName }) => IndexName)).toEqual(['ByC']);
  });

  test('an alias of a function, as provisioned concurrency makes one, is another name of the function', async () => {
    const stack = await newStack()({
      Fn: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'fn' } },
      Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Fn' } } },
      Alias: {
        Type: 'AWS::Lambda::Alias',
        Properties: {
          FunctionName: { Ref: 'Fn' },
          FunctionVersion: { 'Fn::GetAtt': ['Version', 'Version'] },
          Name: 'live',
        },
      },
    });
    expect(stack.resources.get('Alias')?.ref).toBe(`arn:aws:lambda:us-east-1:000000000000:function:fn:live`);
  });
});

describe('secrets', () => {
  const secret = (GenerateSecretString: Record<string, unknown>): Resources[string] => ({
    Type: 'AWS::SecretsManager::Secret',
    Properties: { GenerateSecretString },
  });
  const reader = (reference: unknown): Resources[string] => ({
    Type: 'AWS::Lambda::Function',
    Properties: { Environment: { Variables: { SECRET: reference } } },
  });
  const environmentOf = ({ resources }: ProvisionedTemplate) =>
    resources.get('Reader')?.properties.Environment;

  test('are generated as asked, once, and resolved where they are referred to', async () => {
    const provision = newStack();
    const resources = {
      Key: secret({ PasswordLength: 64, ExcludePunctuation: true }),
      Reader: reader({ 'Fn::Sub': 'key={{resolve:secretsmanager:${Key}:SecretString}}' }),
    };
    const first = environmentOf(await provision(resources));
    expect(first).toEqual({ Variables: { SECRET: expect.stringMatching(/^key=[A-Za-z0-9]{64}$/) } });
    expect(environmentOf(await provision(resources))).toEqual(first);
  });

  test('resources that refer to each other are refused', async () => {
    const resources = {
      One: {
        Type: 'AWS::SQS::Queue',
        Properties: { RedrivePolicy: { deadLetterTargetArn: get('Other', 'Arn') } },
      },
      Other: {
        Type: 'AWS::SQS::Queue',
        Properties: { RedrivePolicy: { deadLetterTargetArn: get('One', 'Arn') } },
      },
    };
    await expect(newStack()(resources)).rejects.toThrow(
      /Circular dependency between resources: \[One, Other\]/,
    );
    const itself = { One: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'One' } } } };
    await expect(newStack()(itself)).rejects.toThrow(/Circular dependency between resources: \[One\]/);
  });

  test('parameters of a template are read from the file', async () => {
    const values = LocalValues.parse({ ssm: { '/shop/word': 'hello' } });
    const Type = 'AWS::SSM::Parameter::Value<String>';
    const word = { Word: { Type, Default: '/shop/word' } };
    const stack = await newStack(undefined, values)(
      { Reader: reader({ Ref: 'Word' }) },
      { Parameters: word },
    );
    expect(environmentOf(stack)).toEqual({ Variables: { SECRET: 'hello' } });
    const none = { Word: { Type, Default: '/none' }, Other: { Type, Default: '/gone' } };
    await expect(newStack(undefined, values)({}, { Parameters: none })).rejects.toThrow(
      /Parameters.Word: local.values.yml has no ssm: \/none\nParameters.Other: .* \/gone/,
    );
  });

  test('a parameter of the store has a name, a type and a value', async () => {
    const Word = {
      Type: 'AWS::SSM::Parameter',
      Properties: { Type: 'String', Value: 'hello', Name: '/shop/word' },
    };
    const all = { 'Fn::Join': [' ', [{ Ref: 'Word' }, get('Word', 'Type'), get('Word', 'Value')]] };
    const stack = await newStack()({ Word, Reader: reader(all) });
    expect(environmentOf(stack)).toEqual({ Variables: { SECRET: '/shop/word String hello' } });
  });

  test('what the file does not give is named for all resources at once', async () => {
    const resources = {
      One: reader('{{resolve:ssm:/one}} {{resolve:ssm:/two}}'),
      Other: reader('{{resolve:secretsmanager:three}}'),
    };
    await expect(newStack()(resources)).rejects.toThrow(/\/one.*\/two.*three/s);
  });

  test('give one of their keys', async () => {
    const stack = await newStack()({
      Key: secret({
        SecretStringTemplate: '{"user":"ada"}',
        GenerateStringKey: 'password',
        ExcludeCharacters: '"\\',
      }),
      Reader: reader({
        'Fn::Sub':
          '{{resolve:secretsmanager:${Key}:SecretString:user}}:{{resolve:secretsmanager:${Key}:SecretString:password}}',
      }),
    });
    expect(environmentOf(stack)).toEqual({
      Variables: { SECRET: expect.stringMatching(/^ada:[^"\\]{32}$/) },
    });
  });
});
