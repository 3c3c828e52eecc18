import { randomUUID } from 'node:crypto';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import type { ConsoleParts } from '../parts.ts';
import { ConsoleError } from '../route.ts';
import type { Poisoned } from './wire.ts';

const Table = z.looseObject({
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema: z.array(z.object({ AttributeName: z.string() })),
  StreamSpecification: z.unknown().optional(),
});

/** Whether a poison record can be put there: a function reads it. */
export const isPoisonable = (
  { mappings }: Pick<ConsoleParts, 'mappings'>,
  { type, attributes }: { type: string; attributes: Readonly<Record<string, string>> },
): boolean => {
  const sources = new Set(mappings.status().map(({ eventSourceArn }) => eventSourceArn));
  if (type === 'AWS::DynamoDB::Table') return sources.has(attributes.StreamArn ?? '');
  return type === 'AWS::SQS::Queue' && sources.has(attributes.Arn ?? '');
};

/** An item of which only the key is what the service expects. */
const poisonItem = (properties: unknown, id: string) => {
  const { KeySchema, AttributeDefinitions } = Table.parse(properties);
  const types = new Map(AttributeDefinitions.map((one) => [one.AttributeName, one.AttributeType]));
  const values = { S: { S: id }, N: { N: `${Date.now()}` }, B: { B: Buffer.from(id) } };
  return Object.fromEntries(
    KeySchema.map(({ AttributeName: name }) => [name, values[types.get(name) ?? 'S']]),
  );
};

/** Puts something into a table or a queue that its readers do not understand. */
export const putPoison = async (parts: ConsoleParts, logicalId: string): Promise<Poisoned> => {
  const { provisioned, clients } = parts;
  const resource = provisioned.resources.get(logicalId);
  if (!resource || !isPoisonable(parts, resource))
    throw new ConsoleError(404, `no function reads ${logicalId}`);
  const { type, ref, properties } = resource;
  const search = `poison-${randomUUID().slice(0, 8)}`;
  if (type === 'AWS::DynamoDB::Table') {
    const Item = { ...poisonItem(properties, search), poison: { S: search } };
    await clients.dynamoDb.send(new PutItemCommand({ TableName: ref, Item }));
    return { record: Item, search };
  }
  const MessageBody = `{ "poison": "${search}", this is not JSON`;
  await clients.sqs.send(new SendMessageCommand({ QueueUrl: ref, MessageBody }));
  return { record: MessageBody, search };
};
