import { z } from 'zod';
import { FunctionProperties, GetAtt, ofType, PolicyDocument, Ref, STACKS, stackNames } from './stacks.ts';

const RoleProperties = z.object({
  RoleName: z.undefined('CloudFormation names roles, so that they never clash').optional(),
  ManagedPolicyArns: z.undefined('managed policies allow more than a function uses').optional(),
  AssumeRolePolicyDocument: PolicyDocument,
  Policies: z.array(z.object({ PolicyDocument })),
});

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
const KNOW_NO_RESOURCE = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'];
// Families that AWS itself grants as one: GenerateDataKey with and without plaintext, ReEncrypt from and to.
const FAMILIES = ['kms:GenerateDataKey*', 'kms:ReEncrypt*'];

describe.each(stackNames)('who may do what: %s', (name) => {
  test('every function has a role of its own', async () => {
    const { template } = await STACKS[name]();
    const roles = ofType(template, 'AWS::Lambda::Function', FunctionProperties).map(
      ({ properties }) => properties.Role,
    );
    expect(new Set(roles).size).toBe(roles.length);
    expect(ofType(template, 'AWS::IAM::Role', z.unknown()).map(({ id }) => id)).toEqual(
      expect.arrayContaining(roles),
    );
    expect(ofType(template, 'AWS::IAM::Role', z.unknown())).toHaveLength(roles.length);
  });

  test('a role allows no action or resource by wildcard, but where AWS knows nothing narrower', async () => {
    const { template } = await STACKS[name]();
    for (const { id, properties } of ofType(template, 'AWS::IAM::Role', RoleProperties)) {
      for (const { Action, Resource } of properties.Policies.flatMap(
        (policy) => policy.PolicyDocument.Statement,
      )) {
        const wild = Action.filter((action) => action.includes('*') && !FAMILIES.includes(action));
        expect({ id, wild }).toEqual({ id, wild: [] });
        const everything =
          Resource.includes('*') && !Action.every((action) => KNOW_NO_RESOURCE.includes(action));
        expect({ id, Action, everything }).toEqual({ id, Action, everything: false });
      }
    }
  });

  test('a function writes only to its own log group, and cannot make one without retention', async () => {
    const { template } = await STACKS[name]();
    const roles = ofType(template, 'AWS::IAM::Role', RoleProperties);
    for (const { properties } of ofType(template, 'AWS::Lambda::Function', FunctionProperties)) {
      const role = roles.find(({ id }) => id === properties.Role);
      const logs = role?.properties.Policies.flatMap((policy) => policy.PolicyDocument.Statement).filter(
        ({ Action }) => Action.some((action) => action.startsWith('logs:')),
      );
      expect(logs?.flatMap(({ Action }) => Action)).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
      expect(JSON.stringify(logs)).toContain(`:log-group:/aws/lambda/${properties.FunctionName}:`);
    }
  });

  test('a queue takes messages only from the topic', async () => {
    const { template } = await STACKS[name]();
    const policies = ofType(
      template,
      'AWS::SQS::QueuePolicy',
      z.object({ Queues: z.array(Ref), PolicyDocument }),
    );
    expect(policies.length).toBeGreaterThan(0);
    // SQS takes no statement about more than one queue.
    for (const { properties } of policies) {
      expect(properties.Queues).toHaveLength(1);
      for (const { Resource } of properties.PolicyDocument.Statement) {
        expect(Resource.map((resource) => GetAtt('Arn').parse(resource))).toEqual(properties.Queues);
      }
    }
    for (const { properties } of policies) {
      const allowed = properties.PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow');
      expect(allowed).toHaveLength(1);
      expect(allowed[0]).toMatchObject({
        Principal: { Service: 'sns.amazonaws.com' },
        Action: ['sqs:SendMessage'],
        Condition: { ArnEquals: { 'aws:SourceArn': { Ref: 'PostEventsTopic' } } },
      });
    }
  });

  test('no bucket answers over plain HTTP or to the public', async () => {
    const { template } = await STACKS[name]();
    const buckets = ofType(
      template,
      'AWS::S3::Bucket',
      z.object({ PublicAccessBlockConfiguration: z.record(z.string(), z.literal(true)) }),
    );
    const policies = ofType(template, 'AWS::S3::BucketPolicy', z.object({ Bucket: Ref, PolicyDocument }));
    for (const { id, properties } of buckets) {
      expect(Object.keys(properties.PublicAccessBlockConfiguration)).toHaveLength(4);
      const policy = policies.find(({ properties: { Bucket } }) => Bucket === id);
      const refusal = policy?.properties.PolicyDocument.Statement.find(
        ({ Effect, Condition }) =>
          Effect === 'Deny' && String(Condition?.Bool?.['aws:SecureTransport']) === 'false',
      );
      expect({ id, action: refusal?.Action, principal: refusal?.Principal }).toEqual({
        id,
        action: ['s3:*'],
        principal: '*',
      });
    }
  });

  test('no topic lets anybody but CloudWatch publish by its policy', async () => {
    const { template } = await STACKS[name]();
    const policies = ofType(
      template,
      'AWS::SNS::TopicPolicy',
      z.object({ Topics: z.array(Ref), PolicyDocument }),
    );
    const topics = ofType(template, 'AWS::SNS::Topic', z.unknown()).map(({ id }) => id);
    expect(policies.flatMap(({ properties }) => properties.Topics).toSorted()).toEqual(topics.toSorted());
    for (const { Effect, Principal } of policies.flatMap(
      ({ properties }) => properties.PolicyDocument.Statement,
    )) {
      if (Effect === 'Allow') expect(Principal).toEqual({ Service: 'cloudwatch.amazonaws.com' });
    }
  });
});

test.each(stackNames)(
  'every policy of a topic, bucket or queue speaks of that one alone: %s',
  async (name) => {
    const { template } = await STACKS[name]();
    const owned = {
      'AWS::SNS::TopicPolicy': 'Topics',
      'AWS::S3::BucketPolicy': 'Bucket',
      'AWS::SQS::QueuePolicy': 'Queues',
    };
    for (const [type, property] of Object.entries(owned)) {
      for (const { id, properties } of ofType(template, type, z.looseObject({ PolicyDocument }))) {
        const [owner, ...others] = [properties[property]].flat().map((reference) => Ref.parse(reference));
        expect({ id, others }).toEqual({ id, others: [] });
        for (const { Resource } of properties.PolicyDocument.Statement) {
          const named = [
            ...JSON.stringify(Resource).matchAll(/"Ref":"(\w+)"|"Fn::GetAtt":\["(\w+)"|\$\{(\w+)\.Arn\}/g),
          ];
          expect({ id, named: new Set(named.map((match) => match.slice(1).find(Boolean))) }).toEqual({
            id,
            named: new Set([owner]),
          });
        }
      }
    }
  },
);

test('by default the tokens are those of the user pool of the stack, for the API and the functions alike', async () => {
  const { template } = await STACKS.dev();
  const issuer = { 'Fn::GetAtt': ['UserPool', 'ProviderURL'] };
  const audience = { Ref: 'UserPoolClient' };
  expect(template.Resources.HttpApiAuthorizerUsers?.Properties.JwtConfiguration).toEqual({
    Issuer: issuer,
    Audience: [audience],
  });
  expect(variablesOf(template, 'GetPostLambdaFunction')).toMatchObject({
    TOKEN_ISSUER: issuer,
    TOKEN_AUDIENCE: audience,
  });
});

test('an issuer and audience of one’s own take the place of the user pool', async () => {
  const { template } = await STACKS.everything();
  expect(template.Resources.HttpApiAuthorizerUsers?.Properties.JwtConfiguration).toEqual({
    Issuer: 'https://issuer.example/',
    Audience: ['posts'],
  });
  expect(variablesOf(template, 'GetPostLambdaFunction')).toMatchObject({
    TOKEN_ISSUER: 'https://issuer.example/',
    TOKEN_AUDIENCE: 'posts',
  });
  expect(Object.values(template.Resources).filter(({ Type }) => Type.startsWith('AWS::Cognito'))).toEqual([]);
});

const variablesOf = (template: Awaited<ReturnType<typeof STACKS.dev>>['template'], id: string) =>
  FunctionProperties.parse(template.Resources[id]?.Properties).Environment.Variables;
