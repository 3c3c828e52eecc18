import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { sqsPostpone } from '#lib/events/subscriber.ts';
import { type MessagingEngine, startFauxqs } from '#local/engines/fauxqs.ts';
import { sqsEvent } from '#tests/support/sqs.ts';
import { localCredentials } from '#tests/support/tables.ts';

let engine: MessagingEngine;
let sqs: SQSClient;
beforeAll(async () => {
  engine = await startFauxqs({ port: 0, region: 'us-east-1' });
  sqs = new SQSClient({ endpoint: engine.endpoint, region: 'us-east-1', credentials: localCredentials });
});
afterAll(async () => {
  sqs.destroy();
  await engine.stop();
});

test('a postponed message comes when its handler asked for it, not at the visibility timeout', async () => {
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: 'queue', Attributes: { VisibilityTimeout: '3600' } }),
  );
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'message' }));
  const receive = async () => (await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages?.[0];

  const first = await receive();
  expect(await receive()).toBeUndefined();
  const [record] = sqsEvent(['message']).Records;
  if (!record || !first?.ReceiptHandle) throw new Error('nothing was received');
  await sqsPostpone(sqs, QueueUrl)({ ...record, receiptHandle: first.ReceiptHandle }, 0);
  expect((await receive())?.Body).toBe('message');
});
