import { alarm, apiGatewayPart, declared, eventSourceMapping, key, managedPolicy, role } from './declared.ts';
import { dynamoDbTable } from './dynamodb-table.ts';
import { eventBus, eventsRule, scheduleGroup, schedulerSchedule } from './event-bridge.ts';
import { userPool, userPoolClient } from './identity.ts';
import { eventInvokeConfig, lambdaAlias, lambdaFunction, lambdaVersion } from './lambda-function.ts';
import type { ResourceType } from './resource-type.ts';
import { s3Bucket } from './s3-bucket.ts';
import { secret } from './secret.ts';
import { snsSubscription } from './sns-subscription.ts';
import { snsTopic } from './sns-topic.ts';
import { sqsQueue } from './sqs-queue.ts';
import { ssmParameter } from './ssm-parameter.ts';

/** The resource types that come into being on this machine. */
export const SERVED: Readonly<Record<string, ResourceType>> = {
  'AWS::ApiGatewayV2::Api': apiGatewayPart,
  'AWS::ApiGatewayV2::Authorizer': apiGatewayPart,
  'AWS::ApiGatewayV2::Integration': apiGatewayPart,
  'AWS::ApiGatewayV2::Route': apiGatewayPart,
  'AWS::ApiGatewayV2::Stage': apiGatewayPart,
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CloudWatch::CompositeAlarm': alarm,
  'AWS::Cognito::UserPool': userPool,
  'AWS::Cognito::UserPoolClient': userPoolClient,
  'AWS::DynamoDB::Table': dynamoDbTable,
  'AWS::Events::EventBus': eventBus,
  'AWS::Events::Rule': eventsRule,
  'AWS::Lambda::Alias': lambdaAlias,
  'AWS::Lambda::EventInvokeConfig': eventInvokeConfig,
  'AWS::Lambda::EventSourceMapping': eventSourceMapping,
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Lambda::Version': lambdaVersion,
  'AWS::S3::Bucket': s3Bucket,
  'AWS::SNS::Subscription': snsSubscription,
  'AWS::SNS::Topic': snsTopic,
  'AWS::SQS::Queue': sqsQueue,
  'AWS::Scheduler::Schedule': schedulerSchedule,
  'AWS::Scheduler::ScheduleGroup': scheduleGroup,
  'AWS::SSM::Parameter': ssmParameter,
  'AWS::SecretsManager::Secret': secret,
};

/** Types that others may refer to, of which nothing is created: on one machine they change nothing. */
const DECLARED_ONLY: readonly [types: RegExp, reason: string][] = [
  [/^AWS::IAM::/, 'its policies decide what the functions may do'],
  [/^AWS::Logs::/, 'log lines go to the terminal and to files of the stack'],
  [/^AWS::Lambda::LayerVersionPermission$/, 'every caller is on this machine'],
  [
    /^AWS::(Lambda::Permission|Events::EventBusPolicy|SNS::Topic(Inline)?Policy|SQS::Queue(Inline)?Policy|S3::BucketPolicy|SecretsManager::ResourcePolicy)$/,
    'a policy of a resource; it decides who may use it',
  ],
  [/^AWS::KMS::/, 'nothing is encrypted at rest'],
  [/^AWS::CloudWatch::Dashboard$/, 'a dashboard is looked at in the CloudWatch console'],
  [/^AWS::XRay::/, 'traces are not collected'],
  [
    /^AWS::Cognito::(UserPoolDomain|UserPoolGroup|UserPoolResourceServer|IdentityPool\w*)$/,
    'the local token issuer signs in any user',
  ],
  [/^AWS::ApplicationAutoScaling::/, 'capacity is that of this machine'],
  [/^AWS::Budgets::/, 'nothing costs anything'],
  [/^AWS::CloudFormation::(CustomResource|WaitConditionHandle)$/, 'deploy-time only'],
  [/^AWS::CDK::Metadata$/, 'deploy-time only'],
];

/** Why others are refused, where more can be said than that their type is unknown. */
const REFUSED: readonly [types: RegExp, reason: string][] = [
  [/^AWS::ApiGateway::/, 'REST APIs (http events) are not served; httpApi events are'],
  [/^AWS::Events::Archive$/, 'archives of events, and their replay, are not served'],
  [/^AWS::Events::/, 'of EventBridge, buses and rules with functions and queues as targets are served'],
  [/^AWS::EventSchemas::/, 'schemas of events are not kept'],
  [/^AWS::Pipes::/, 'pipes are not served'],
  [/^AWS::ApiGatewayV2::/, 'WebSocket APIs, domain names and VPC links are not served'],
  [/^AWS::Lambda::Url$/, 'function URLs are not served'],
  [/^AWS::Lambda::LayerVersion$/, 'layers are not unpacked'],
  [/^AWS::Kinesis::/, 'Kinesis streams are not served'],
  [/^AWS::DynamoDB::GlobalTable$/, 'global tables are not served; AWS::DynamoDB::Table is'],
];

/** Declared types that are referred to by another name than the usual one. */
const NAMED: Readonly<Record<string, ResourceType>> = {
  'AWS::IAM::ManagedPolicy': managedPolicy,
  'AWS::IAM::Role': role,
  'AWS::KMS::Key': key,
};

const reasonIn = (table: readonly [RegExp, string][], type: string): string | undefined =>
  table.find(([types]) => types.test(type))?.[1];

/** What becomes of a resource type on this machine. */
export type Service =
  | { kind: 'served' | 'declared'; provision: ResourceType; reason?: string }
  | { kind: 'refused'; reason: string };

/** @param type for example `AWS::SQS::Queue` */
export const serviceOf = (type: string): Service => {
  const provision = SERVED[type];
  if (provision) return { kind: 'served', provision };
  const declaredFor = reasonIn(DECLARED_ONLY, type);
  if (declaredFor !== undefined)
    return { kind: 'declared', provision: NAMED[type] ?? declared, reason: declaredFor };
  if (type.startsWith('Custom::'))
    return {
      kind: 'refused',
      reason:
        'custom resources do not run locally: declare their attributes under custom.localStack.attributes',
    };
  return { kind: 'refused', reason: reasonIn(REFUSED, type) ?? 'this resource type is not emulated' };
};
