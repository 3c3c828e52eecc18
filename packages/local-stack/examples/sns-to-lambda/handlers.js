const { PublishCommand, SNSClient } = require('@aws-sdk/client-sns');

const sns = new SNSClient();

exports.order = async ({ body }) => {
  const { status } = JSON.parse(body);
  await sns.send(
    new PublishCommand({
      TopicArn: process.env.ORDERS_TOPIC,
      Message: body,
      MessageAttributes: { status: { DataType: 'String', StringValue: status } },
    }),
  );
  return { statusCode: 202 };
};

const orderIn = ({ Records: [{ Sns }] }) => JSON.parse(Sns.Message);

exports.invoice = async (event) => {
  const { id, customer } = orderIn(event);
  if (customer === undefined) throw new Error(`order ${id} has no customer`);
  console.log(`invoice for order ${id} to ${customer}`);
};

exports.audit = async (event) => {
  const { id, total } = orderIn(event);
  console.log(`order ${id} is worth ${total}`);
};

exports.greet = async ({ Records: [{ Sns }] }) => {
  console.log(`hello ${Sns.Message}`);
};
