import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  ListTablesCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { dynoxideBinary } from '../../../src/engines/dynoxide.ts';
import { startFauxqs } from '../../../src/engines/fauxqs.ts';
import { freePort } from '../../../src/engines/free-port.ts';
import { indexStreamRecords } from '../../../src/engines/index-stream-records.ts';

/** The engines of the local stack for one test or benchmark, on ports and a directory of their own. */
export interface Engines {
  readonly directory: string;
  readonly dynamodbEndpoint: string;
  readonly databaseFile: string;
  readonly databaseProcess: number;
  readonly dynamodb: DynamoDBClient;
  readonly dynamodbStreams: DynamoDBStreamsClient;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly s3: S3Client;
  endLongPolls(): Promise<void>;
  stop(): Promise<void>;
}

const region = 'eu-central-1';

export const clientOptions = (endpoint: string) => ({
  endpoint,
  region,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});

async function answering(client: DynamoDBClient, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`dynoxide ended with ${child.exitCode}`);
    try {
      await client.send(new ListTablesCommand({}));
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

export async function startEngines(): Promise<Engines> {
  const directory = await mkdtemp(join(tmpdir(), 'event-source-mappings-'));
  const port = await freePort();
  const databaseFile = join(directory, 'dynamodb.db');
  const child = spawn(dynoxideBinary(), ['serve', '--port', String(port), '--db-path', databaseFile], {
    stdio: 'ignore',
  });
  const dynamodbEndpoint = `http://127.0.0.1:${port}`;
  const dynamodb = new DynamoDBClient({ ...clientOptions(dynamodbEndpoint), maxAttempts: 1 });
  const [fauxqs] = await Promise.all([
    startFauxqs({ port: 0, region, dataDirectory: directory }),
    answering(dynamodb, child),
  ]);
  indexStreamRecords(databaseFile);
  const messaging = clientOptions(fauxqs.endpoint);
  const dynamodbStreams = new DynamoDBStreamsClient(clientOptions(dynamodbEndpoint));
  const sqs = new SQSClient(messaging);
  const sns = new SNSClient(messaging);
  const s3 = new S3Client({ ...messaging, forcePathStyle: true });
  return {
    directory,
    dynamodbEndpoint,
    databaseFile,
    databaseProcess: child.pid ?? 0,
    dynamodb,
    dynamodbStreams,
    sqs,
    sns,
    s3,
    endLongPolls: fauxqs.endLongPolls,
    async stop() {
      for (const client of [dynamodb, dynamodbStreams, sqs, sns, s3]) client.destroy();
      await fauxqs.stop();
      child.kill();
      await once(child, 'exit');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A table keyed by `pk` with a stream; answers the stream's ARN. */
export async function createStreamedTable(dynamodb: DynamoDBClient, TableName: string): Promise<string> {
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  if (!TableDescription?.LatestStreamArn) throw new Error('The table has no stream');
  return TableDescription.LatestStreamArn;
}

/** Puts `count` items with the keys `item-0`, `item-1`, … */
export async function putItems(
  dynamodb: DynamoDBClient,
  table: string,
  count: number,
  from = 0,
): Promise<void> {
  const puts = Array.from({ length: count }, (_, index) => ({
    PutRequest: { Item: { pk: { S: `item-${from + index}` }, text: { S: 'x'.repeat(200) } } },
  }));
  for (let at = 0; at < puts.length; at += 25)
    await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [table]: puts.slice(at, at + 25) } }));
}
