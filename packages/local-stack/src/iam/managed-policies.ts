const allow = (actions: string[], resource = '*') => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: actions, Resource: resource }],
});
const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

/**
 * AWS managed policies that functions commonly have, reduced to what they say of the services here and of logs and
 * traces.
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
export const MANAGED_POLICIES: Readonly<Record<string, unknown>> = {
  'service-role/AWSLambdaBasicExecutionRole': allow(LOGS),
  'service-role/AWSLambdaVPCAccessExecutionRole': allow([
    ...LOGS,
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ]),
  'service-role/AWSLambdaSQSQueueExecutionRole': allow([
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    ...LOGS,
  ]),
  'service-role/AWSLambdaDynamoDBExecutionRole': allow([
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
    ...LOGS,
  ]),
  'service-role/AWSLambdaRole': allow(['lambda:InvokeFunction']),
  AWSXRayDaemonWriteAccess: allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords']),
  CloudWatchLambdaInsightsExecutionRolePolicy: allow(LOGS),
  AmazonDynamoDBFullAccess: allow(['dynamodb:*']),
  AmazonDynamoDBFullAccess_v2: allow(['dynamodb:*']),
  AmazonDynamoDBReadOnlyAccess: allow([
    'dynamodb:BatchGetItem',
    'dynamodb:Describe*',
    'dynamodb:List*',
    'dynamodb:GetItem',
    'dynamodb:GetResourcePolicy',
    'dynamodb:Query',
    'dynamodb:Scan',
    'dynamodb:PartiQLSelect',
  ]),
  AmazonSQSFullAccess: allow(['sqs:*']),
  AmazonSQSReadOnlyAccess: allow(['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:List*']),
  AmazonSNSFullAccess: allow(['sns:*']),
  AmazonSNSReadOnlyAccess: allow(['sns:GetTopicAttributes', 'sns:List*']),
  AmazonS3FullAccess: allow(['s3:*']),
  AmazonS3ReadOnlyAccess: allow(['s3:Get*', 's3:List*', 's3:Describe*']),
  SecretsManagerReadWrite: allow(['secretsmanager:*']),
  AdministratorAccess: allow(['*']),
};
