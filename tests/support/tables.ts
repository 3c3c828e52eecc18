import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { parse, type Tags } from 'yaml';
import { z } from 'zod';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { startDynoxide } from '#local/engines/dynoxide.ts';

/** What CreateTable needs of a table's resource; the rest of its properties does not concern the tests. */
const TableResource = z.object({
  Type: z.literal('AWS::DynamoDB::Table'),
  Properties: z.object({
    AttributeDefinitions: z.array(
      z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
    ),
    KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })),
    GlobalSecondaryIndexes: z
      .array(
        z.object({
          IndexName: z.string(),
          KeySchema: z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) })),
          Projection: z.object({
            ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
            NonKeyAttributes: z.array(z.string()).optional(),
          }),
        }),
      )
      .optional(),
    StreamSpecification: z
      .object({ StreamViewType: z.enum(['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY']) })
      .optional(),
  }),
});

const ResourceFile = z.object({ Resources: z.record(z.string(), z.unknown()) }).partial();

// Intrinsic functions stand where the tests do not look; their content is kept as it is written.
const intrinsics: Tags = [
  '!Ref',
  '!GetAtt',
  '!Sub',
  '!If',
  '!Equals',
  '!Join',
  '!Not',
  '!And',
  '!Or',
].flatMap((tag) => [
  { tag, resolve: (text: string) => text },
  { tag, collection: 'seq' as const, resolve: (sequence: unknown) => sequence },
]);

const directory = new URL('../../resources/', import.meta.url);

const readTableResource = (logicalId: string) => {
  for (const file of readdirSync(directory).filter((name) => name.endsWith('.yml'))) {
    const text = readFileSync(new URL(file, directory), 'utf8');
    if (!text.includes(`${logicalId}:`)) continue;
    const content: unknown = parse(text, { customTags: intrinsics });
    const found = ResourceFile.safeParse(content).data?.Resources?.[logicalId];
    if (found) return TableResource.parse(found).Properties;
  }
  throw new Error(`no file in resources/ describes ${logicalId}`);
};

const read = new Map<string, ReturnType<typeof readTableResource>>();

/** Read once by each test file: some create a table for every case of a property. */
const tableResource = (logicalId: string) => {
  const resource = read.get(logicalId) ?? readTableResource(logicalId);
  read.set(logicalId, resource);
  return resource;
};

/**
 * Creates a table as its resource file describes it, under a name of its own, so that each test has a fresh one.
 * @returns the table's name
 */
export const createTable = async (client: DynamoDBDocumentClient, logicalId: string): Promise<string> => {
  const { StreamSpecification, GlobalSecondaryIndexes, ...table } = tableResource(logicalId);
  const input: CreateTableCommandInput = {
    ...table,
    TableName: `${logicalId}-${randomUUID()}`,
    BillingMode: 'PAY_PER_REQUEST',
    ...(GlobalSecondaryIndexes && {
      GlobalSecondaryIndexes: GlobalSecondaryIndexes.map(({ Projection, ...index }) => ({
        ...index,
        Projection: {
          ProjectionType: Projection.ProjectionType,
          ...(Projection.NonKeyAttributes && { NonKeyAttributes: Projection.NonKeyAttributes }),
        },
      })),
    }),
    ...(StreamSpecification && { StreamSpecification: { StreamEnabled: true, ...StreamSpecification } }),
  };
  await client.send(new CreateTableCommand(input));
  return `${input.TableName}`;
};

/** An embedded DynamoDB for a test file, with a client for it. */
export interface TestDynamoDb {
  endpoint: string;
  client: DynamoDBDocumentClient;
  stop(): Promise<void>;
}

/** What a client of the embedded engine needs; the values stand for nothing. */
export const localCredentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Starts an embedded DynamoDB in memory; its client is made as the functions make theirs. */
export const startTestDynamoDb = async (): Promise<TestDynamoDb> => {
  const engine = await startDynoxide();
  const client = createDocumentClient(
    new DynamoDBClient({
      endpoint: engine.endpoint,
      region: 'us-east-1',
      credentials: localCredentials,
    }),
  );
  return {
    endpoint: engine.endpoint,
    client,
    stop: async () => {
      client.destroy();
      await engine.stop();
    },
  };
};
