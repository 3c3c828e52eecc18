const { PublishCommand, SNSClient } = require('@aws-sdk/client-sns');

const sns = new SNSClient();

exports.move = async ({ body }) => {
  const { id, account } = JSON.parse(body);
  await sns.send(
    new PublishCommand({
      TopicArn: process.env.MOVES_TOPIC,
      Message: body,
      MessageGroupId: account,
      MessageDeduplicationId: String(id),
    }),
  );
  return { statusCode: 202 };
};

/** After the first failure of an account its later moves fail too: their order is kept. */
exports.book = async ({ Records }) => {
  const stopped = new Set();
  const batchItemFailures = [];
  for (const { messageId, body, attributes } of Records) {
    const { id, account, amount, fails = 0 } = JSON.parse(body);
    const isRefused = Number(attributes.ApproximateReceiveCount) <= fails;
    if (!stopped.has(account))
      console.log(`${account}: move ${id} of ${amount}${isRefused ? ' is refused' : ''}`);
    if (isRefused) stopped.add(account);
    if (stopped.has(account)) batchItemFailures.push({ itemIdentifier: messageId });
  }
  return { batchItemFailures };
};
