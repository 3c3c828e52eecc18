import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { FailureDestinations, QueueSource, StreamSource } from '../ports.ts';
import { awsDestinations } from './destinations.ts';
import { dynamodbStreams } from './dynamodb-streams.ts';
import { queueUrls, sqsQueues } from './sqs.ts';

/** Clients of the caller, with the endpoints and credentials they were made with. */
export interface AwsClients {
  readonly dynamodbStreams: DynamoDBStreamsClient;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly s3: S3Client;
}

/** The ports of this room on the AWS SDK. */
export function awsPorts(clients: AwsClients): {
  streams: StreamSource;
  queues: QueueSource;
  destinations: FailureDestinations;
} {
  const urlOf = queueUrls(clients.sqs);
  return {
    streams: dynamodbStreams(clients.dynamodbStreams),
    queues: sqsQueues(clients.sqs, urlOf),
    destinations: awsDestinations(clients, urlOf),
  };
}
