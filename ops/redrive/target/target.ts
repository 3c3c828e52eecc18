import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { OperatorError } from '../../operator-error.ts';
import type { ReadFailureLog } from './failure-log.ts';

export interface TargetClients {
  dynamoDb: DynamoDBClient;
  lambda: LambdaClient;
  s3: S3Client;
  sns: SNSClient;
  sqs: SQSClient;
  streams: DynamoDBStreamsClient;
}

/** A running service, on an account or on this machine: what an operator's tool works on. */
export interface Target {
  /** For people. */
  name: string;
  clients: TargetClients;
  /** The physical ids of a CloudFormation type's resources, by logical id. */
  ofType(type: string): Promise<ReadonlyMap<string, string>>;
  /** Whether SQS can move a dead-letter queue back by itself. */
  movesMessages: boolean;
  /** How long a receive waits: AWS asks all its servers only when it may wait. */
  receiveWaitSeconds: number;
  readFailureLog: ReadFailureLog;
  close(): void;
}

/** The physical id of a resource. @throws {OperatorError} when the stack has no such resource */
export const idOf = async (target: Target, type: string, logicalId: string): Promise<string> => {
  const id = (await target.ofType(type)).get(logicalId);
  if (id === undefined) throw new OperatorError(`${target.name} has no ${logicalId} (${type})`);
  return id;
};
