const { EventBridgeClient, PutEventsCommand } = require('@aws-sdk/client-eventbridge');

const eventBridge = new EventBridgeClient();

exports.order = async ({ body }) => {
  const { FailedEntryCount, Entries } = await eventBridge.send(
    new PutEventsCommand({
      Entries: JSON.parse(body).map((order) => ({
        EventBusName: process.env.BUS,
        Source: 'shop.orders',
        DetailType: 'placed',
        Detail: typeof order === 'string' ? order : JSON.stringify(order),
      })),
    }),
  );
  const refused = Entries.flatMap(({ ErrorCode }) => ErrorCode ?? []);
  return { statusCode: FailedEntryCount === 0 ? 202 : 207, body: JSON.stringify({ refused }) };
};

exports.bill = async ({ order, text }) => {
  console.log(`order ${order}: ${text}`);
};
