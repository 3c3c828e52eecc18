import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { arn, physicalName, type ResourceType } from './resource-type.ts';

const KeySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));

const Indexes = z
  .array(
    z.object({
      IndexName: z.string(),
      KeySchema,
      Projection: z.object({
        ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
        NonKeyAttributes: z.array(z.string()).optional(),
      }),
    }),
  )
  .optional();

// What is not listed has no local meaning (billing, backups, encryption) and is left out.
const TableProperties = z.object({
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema,
  GlobalSecondaryIndexes: Indexes,
  LocalSecondaryIndexes: Indexes,
  StreamSpecification: z
    .object({ StreamViewType: z.enum(['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY']) })
    .optional(),
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
});
type TableProperties = z.infer<typeof TableProperties>;

const describe = async (client: DynamoDBClient, name: string): Promise<TableDescription | undefined> => {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
};

const create = async (client: DynamoDBClient, name: string, properties: TableProperties) => {
  const { StreamSpecification, TimeToLiveSpecification: _ttl, ...rest } = properties;
  const { TableDescription: created } = await client.send(
    new CreateTableCommand({
      ...rest,
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      ...(StreamSpecification && { StreamSpecification: { StreamEnabled: true, ...StreamSpecification } }),
    }),
  );
  return created;
};

/** The parts of a table that cannot be changed locally while it keeps its data, in a form to compare. */
const shapeOf = (table: TableProperties): string => {
  const types = new Map(table.AttributeDefinitions.map((one) => [one.AttributeName, one.AttributeType]));
  const keysOf = (schema: TableProperties['KeySchema']) =>
    schema.map(({ AttributeName, KeyType }) => [AttributeName, KeyType, types.get(AttributeName)]);
  const indexes = new Map(
    [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])].map(
      ({ IndexName, KeySchema, Projection }) => [
        IndexName,
        [...keysOf(KeySchema), Projection.ProjectionType],
      ],
    ),
  );
  return JSON.stringify([
    keysOf(table.KeySchema),
    [...indexes].toSorted(([a], [b]) => a.localeCompare(b)),
    table.StreamSpecification?.StreamViewType,
  ]);
};

const hasTimeToLive = async (client: DynamoDBClient, name: string): Promise<boolean> => {
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: name }));
  return ['ENABLED', 'ENABLING'].includes(TimeToLiveDescription?.TimeToLiveStatus ?? '');
};

/** `AWS::DynamoDB::Table`: keys, indexes, stream and time to live. */
export const dynamoDbTable: ResourceType = async (resource, provider) => {
  const name = physicalName(resource, 'TableName', provider);
  const properties = TableProperties.parse(resource.properties);
  const existing = await describe(provider.dynamoDb, name);
  if (existing && shapeOf(TableProperties.parse(existing)) !== shapeOf(properties)) {
    throw new Error(
      'its keys, indexes or stream are not those of the local table: start with --fresh to begin anew',
    );
  }
  const table = existing ?? (await create(provider.dynamoDb, name, properties));
  const { TimeToLiveSpecification: timeToLive } = properties;
  if (timeToLive) {
    const isEnabled = existing !== undefined && (await hasTimeToLive(provider.dynamoDb, name));
    if (timeToLive.Enabled !== isEnabled) {
      await provider.dynamoDb.send(
        new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification: timeToLive }),
      );
    }
  }
  return {
    ref: name,
    attributes: {
      Arn: arn(provider, 'dynamodb', `table/${name}`),
      // The engine puts its own name where the region stands; it takes ARNs with any.
      ...(table?.LatestStreamLabel && {
        StreamArn: arn(provider, 'dynamodb', `table/${name}/stream/${table.LatestStreamLabel}`),
      }),
    },
  };
};
