const { DynamoDBClient, UpdateItemCommand } = require('@aws-sdk/client-dynamodb');

const client = new DynamoDBClient({});

exports.settle = async ({ Records }) => {
  for (const { body } of Records) {
    const { id, awsRegion } = JSON.parse(body);
    await client.send(
      new UpdateItemCommand({
        TableName: process.env.TABLE,
        Key: { id: { S: id } },
        UpdateExpression: 'SET settledIn = :region',
        ExpressionAttributeValues: { ':region': { S: awsRegion } },
      }),
    );
  }
};
