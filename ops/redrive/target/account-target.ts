import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import {
  CloudWatchLogsClient,
  paginateFilterLogEvents,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { OperatorError } from '../../operator-error.ts';
import { failureLog, type ReadFailureLog } from './failure-log.ts';
import type { Target } from './target.ts';

/** Pages of up to 10,000 log lines: what is beyond them is not worth an operator's wait. */
const MAX_LOG_PAGES = 20;

const isMissingStack = (error: unknown): error is Error =>
  error instanceof Error && /does not exist/.test(error.message);

type Resources = ReadonlyMap<string, ReadonlyMap<string, string>>;

const resourcesOf = async (client: CloudFormationClient, StackName: string): Promise<Resources> => {
  const found = new Map<string, Map<string, string>>();
  try {
    for await (const page of paginateListStackResources({ client }, { StackName })) {
      for (const {
        ResourceType = '',
        LogicalResourceId,
        PhysicalResourceId,
      } of page.StackResourceSummaries ?? []) {
        if (!LogicalResourceId || !PhysicalResourceId) continue;
        const ofType = found.get(ResourceType) ?? new Map<string, string>();
        found.set(ResourceType, ofType.set(LogicalResourceId, PhysicalResourceId));
      }
    }
  } catch (error) {
    if (!isMissingStack(error)) throw error;
    throw new OperatorError(`${error.message}: which --stage, which --region, whose credentials?`, {
      cause: error,
    });
  }
  return found;
};

/**
 * The service as deployed to an account, with the credentials of the environment. What it is made of is asked of
 * CloudFormation.
 */
export const accountTarget = (stackName: string, region: string): Target => {
  const common = { region };
  const cloudFormation = new CloudFormationClient(common);
  const logs = new CloudWatchLogsClient(common);
  const clients = {
    dynamoDb: new DynamoDBClient(common),
    lambda: new LambdaClient(common),
    s3: new S3Client({ ...common, forcePathStyle: process.env.AWS_ENDPOINT_URL_S3 !== undefined }),
    sns: new SNSClient(common),
    sqs: new SQSClient(common),
    streams: new DynamoDBStreamsClient(common),
  };
  let resources: Promise<Resources> | undefined;
  const ofType: Target['ofType'] = async (type) => {
    resources ??= resourcesOf(cloudFormation, stackName);
    return (await resources).get(type) ?? new Map();
  };

  const readFailureLog: ReadFailureLog = async (functionId, since) => {
    const log = failureLog(since);
    const functionName = (await ofType('AWS::Lambda::Function')).get(functionId);
    if (!functionName) return log.found;
    const query = {
      logGroupName: `/aws/lambda/${functionName}`,
      startTime: since.getTime(),
      filterPattern: '{ ($.level = "ERROR") || ($.level = "WARN") }',
    };
    let pages = 0;
    try {
      for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, query)) {
        for (const { message = '' } of events) log.add(message);
        pages += 1;
        if (pages === MAX_LOG_PAGES) break;
      }
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
    return log.found;
  };

  return {
    name: `${stackName} in ${region}`,
    clients,
    ofType,
    movesMessages: true,
    receiveWaitSeconds: 2,
    readFailureLog,
    close: () => {
      for (const client of [cloudFormation, logs, ...Object.values(clients)]) client.destroy();
    },
  };
};
