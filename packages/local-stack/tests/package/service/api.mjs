import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';

const client = new DynamoDBClient({});
const TableName = process.env.TABLE;

export const handler = async ({ requestContext, pathParameters, body }) => {
  if (requestContext.http.method === 'POST') {
    const { id } = JSON.parse(body);
    await client.send(new PutItemCommand({ TableName, Item: { id: { S: id } } }));
    return { statusCode: 201, body: id };
  }
  const { Item } = await client.send(
    new GetItemCommand({ TableName, Key: { id: { S: pathParameters.id } } }),
  );
  return Item ? { settledIn: Item.settledIn?.S ?? null } : { statusCode: 404 };
};
