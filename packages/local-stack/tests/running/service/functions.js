// The SDK is there as in Lambda's runtimes: it is not in the archive.
const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb');
const { setTimeout: wait } = require('node:timers/promises');

const dynamoDb = new DynamoDBClient({});

const DEEDS = {
  '/put': async ({ id }) => {
    await dynamoDb.send(new PutItemCommand({ TableName: process.env.TABLE, Item: { id: { S: id } } }));
    return { statusCode: 200 };
  },
  '/wait': async ({ ms }) => {
    await wait(Number(ms));
    return { statusCode: 200, body: 'waited' };
  },
  '/fail': async ({ text }) => {
    throw new Error(text);
  },
  '/say': async ({ text }) => {
    console.log(text);
    return { statusCode: 200 };
  },
};

exports.api = async ({ rawPath, queryStringParameters = {} }) =>
  DEEDS[rawPath] ? DEEDS[rawPath](queryStringParameters) : { statusCode: 404 };

exports.reader = async ({ Records }) => {
  for (const { dynamodb } of Records) console.log(`read ${dynamodb.Keys.id.S}`);
};

exports.worker = async ({ Records: [{ body }] }) => {
  console.log(`began ${body}`);
  if (body === 'slow') await wait(15_000);
  console.log(`ended ${body}`);
};
