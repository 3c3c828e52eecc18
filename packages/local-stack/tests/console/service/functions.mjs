import { readFile } from 'node:fs/promises';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';

const dynamoDb = new DynamoDBClient({});
const sns = new SNSClient({});
const json = (statusCode, body) => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const create = async (event) => {
  const { id, customer = 'nobody', delivery = 'parcel' } = JSON.parse(event.body);
  if (!id) throw new Error('an order without an id');
  await dynamoDb.send(
    new PutItemCommand({
      TableName: process.env.ORDERS_TABLE,
      Item: { id: { S: id }, customer: { S: customer }, delivery: { S: delivery } },
    }),
  );
  console.log(JSON.stringify({ level: 'INFO', message: 'order taken', id, customer }));
  return json(201, { id });
};

export const api = async (event) => {
  if (event.routeKey === 'GET /openapi.json') {
    return json(200, JSON.parse(await readFile(new URL('openapi.json', import.meta.url), 'utf8')));
  }
  if (event.routeKey.startsWith('POST')) return create(event);
  const { Item } = await dynamoDb.send(
    new GetItemCommand({
      TableName: process.env.ORDERS_TABLE,
      Key: { id: { S: event.pathParameters.id } },
    }),
  );
  return Item ? json(200, { id: Item.id.S, customer: Item.customer.S }) : json(404, {});
};

export const publish = async (event) => {
  for (const { dynamodb } of event.Records) {
    const { id, customer, delivery } = dynamodb.NewImage;
    await sns.send(
      new PublishCommand({
        TopicArn: process.env.ORDER_EVENTS_TOPIC,
        Message: JSON.stringify({ id: id.S, customer: customer.S }),
        MessageAttributes: { delivery: { DataType: 'String', StringValue: delivery.S } },
      }),
    );
  }
};

export const invoice = async (event) => {
  const batchItemFailures = [];
  for (const { messageId, body } of event.Records) {
    const { id, customer } = JSON.parse(body);
    if (customer === 'broken') {
      console.error(JSON.stringify({ level: 'ERROR', message: 'invoice failed', id }));
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
};

export const ship = async (event) => {
  for (const { body } of event.Records) console.log(`shipped ${JSON.parse(body).id}`);
};
