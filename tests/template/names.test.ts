import type { CompiledTemplate } from '#tests/support/compiled-service.ts';
import { STACKS, stackNames } from './stacks.ts';

/** Where a name is given, how long AWS lets it be. Account-wide and regional names alike must differ by stage. */
const LONGEST: Record<string, { property: string; characters: number }> = {
  'AWS::ApiGatewayV2::Api': { property: 'Name', characters: 128 },
  'AWS::CloudWatch::Alarm': { property: 'AlarmName', characters: 255 },
  'AWS::CloudWatch::CompositeAlarm': { property: 'AlarmName', characters: 255 },
  'AWS::CloudWatch::Dashboard': { property: 'DashboardName', characters: 255 },
  'AWS::Cognito::UserPool': { property: 'UserPoolName', characters: 128 },
  'AWS::IAM::Role': { property: 'RoleName', characters: 64 },
  'AWS::KMS::Alias': { property: 'AliasName', characters: 256 },
  'AWS::Lambda::Function': { property: 'FunctionName', characters: 64 },
  'AWS::Logs::LogGroup': { property: 'LogGroupName', characters: 512 },
  'AWS::Logs::QueryDefinition': { property: 'Name', characters: 255 },
  'AWS::S3::Bucket': { property: 'BucketName', characters: 63 },
  'AWS::SecretsManager::Secret': { property: 'Name', characters: 512 },
  'AWS::SNS::Topic': { property: 'TopicName', characters: 256 },
  'AWS::SQS::Queue': { property: 'QueueName', characters: 80 },
  'AWS::XRay::ResourcePolicy': { property: 'PolicyName', characters: 128 },
};
const LONGEST_REGION = 'ap-southeast-99';

/** The names that the template itself gives, `Fn::Sub` of the region filled in. */
const namesIn = ({ Resources }: CompiledTemplate): { id: string; name: string; characters: number }[] =>
  Object.entries(Resources).flatMap(([id, { Type, Properties }]) => {
    const { property, characters } = LONGEST[Type] ?? { property: 'none', characters: 0 };
    const given = Properties[property];
    if (given === undefined) return [];
    const text = typeof given === 'string' ? given : JSON.stringify(given);
    const name = text.replace(/^\{"Fn::Sub":"(.*)"\}$/, '$1').replace(`\${AWS::Region}`, LONGEST_REGION);
    return [{ id, name, characters }];
  });

test.each(stackNames)('no name is over AWS’s limits: %s', async (name) => {
  const { template } = await STACKS[name]();
  const tooLong = namesIn(template).filter(({ name: given, characters }) => given.length > characters);
  expect(tooLong).toEqual([]);
});

test('two stages of an account share no name', async () => {
  const [dev, prod] = await Promise.all([STACKS.dev(), STACKS.prod()]);
  const taken = new Set(namesIn(dev.template).map(({ name }) => name));
  expect(namesIn(prod.template).filter(({ name }) => taken.has(name))).toEqual([]);
  const exported = (template: CompiledTemplate) =>
    [...JSON.stringify(template.Outputs).matchAll(/"Export":\{[^}]*\}/g)].map(([text]) => text);
  expect(exported(prod.template).filter((name) => exported(dev.template).includes(name))).toEqual([]);
});

test.each(stackNames)('the stack is inside CloudFormation’s limits: %s', async (name) => {
  const { template } = await STACKS[name]();
  expect(Object.keys(template.Resources).length).toBeLessThanOrEqual(500);
  expect(Object.keys(template.Outputs).length).toBeLessThanOrEqual(200);
  expect(JSON.stringify(template).length).toBeLessThanOrEqual(1_000_000);
});
