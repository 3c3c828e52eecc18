const { SendMessageCommand, SQSClient } = require('@aws-sdk/client-sqs');

const client = new SQSClient({});

exports.bill = async ({ Records }) => {
  for (const { awsRegion, dynamodb } of Records) {
    const MessageBody = JSON.stringify({ id: dynamodb.NewImage.id.S, awsRegion });
    await client.send(new SendMessageCommand({ QueueUrl: process.env.INVOICES_URL, MessageBody }));
  }
};
