import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { EngineEndpoints } from './engines/index.ts';

/** The SDK's clients, pointed at the engines. */
export interface Clients {
  dynamoDb: DynamoDBClient;
  streams: DynamoDBStreamsClient;
  sns: SNSClient;
  sqs: SQSClient;
  s3: S3Client;
  destroy(): void;
}

/** Clients for engines on this machine; any credentials do. */
export const createClients = (endpoints: EngineEndpoints, region: string): Clients => {
  const common = { region, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const dynamoDb = new DynamoDBClient({ ...common, endpoint: endpoints.dynamoDb });
  const streams = new DynamoDBStreamsClient({ ...common, endpoint: endpoints.dynamoDb });
  const sns = new SNSClient({ ...common, endpoint: endpoints.messaging });
  const sqs = new SQSClient({ ...common, endpoint: endpoints.messaging });
  const s3 = new S3Client({ ...common, endpoint: endpoints.messaging, forcePathStyle: true });
  return {
    dynamoDb,
    streams,
    sns,
    sqs,
    s3,
    destroy: () => {
      for (const client of [dynamoDb, streams, sns, sqs, s3]) client.destroy();
    },
  };
};
