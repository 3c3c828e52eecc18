import assert from 'node:assert/strict';
import { PublishBatchCommand, PublishCommand, SetTopicAttributesCommand } from '@aws-sdk/client-sns';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { type Behaviour, inArea, pages, snapshots } from '../behaviour.ts';
import {
  arnOfQueue,
  engineQueue,
  type Messaging,
  secondsLater,
  withMessaging,
} from '../support/messaging.ts';

const queues = inArea('FIFO queues: messages');
const topics = inArea('FIFO topics');

const none = () => undefined;
const fifo = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };

interface Sent {
  group?: string;
  id?: string;
}

/** A FIFO queue, and what can be done with it. */
const fifoQueue = async ({ sqs, queue, receive }: Messaging, attributes = {}, name = 'work.fifo') => {
  const QueueUrl = await queue(name, { ...fifo, ...attributes });
  return {
    QueueUrl,
    send: (MessageBody: string, { group = 'a', id }: Sent = {}) =>
      sqs.send(
        new SendMessageCommand({
          ...{ QueueUrl, MessageBody, MessageGroupId: group },
          ...(id !== undefined && { MessageDeduplicationId: id }),
        }),
      ),
    receive: (options?: { visibility?: number }) => receive(QueueUrl, options),
    bodies: async () => (await receive(QueueUrl)).map(({ Body }) => Body),
  };
};

const fifoTopic = async ({ sns, topic }: Messaging, attributes: Record<string, string> = {}) => {
  const TopicArn = await topic('events.fifo');
  for (const [AttributeName, AttributeValue] of Object.entries({
    ContentBasedDeduplication: 'true',
    ...attributes,
  })) {
    await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue }));
  }
  return {
    TopicArn,
    publish: (Message: string, { group = 'a', id }: Sent = {}) =>
      sns.send(
        new PublishCommand({
          ...{ TopicArn, Message, MessageGroupId: group },
          ...(id !== undefined && { MessageDeduplicationId: id }),
        }),
      ),
  };
};

const redriveTo = (name: string, maxReceiveCount: number) => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOfQueue(name), maxReceiveCount }),
});

export const fifoMessages: readonly Behaviour[] = [
  queues('a receive takes as many messages of one group as it can, in order', pages.fifoLogic, () =>
    withMessaging(async (messaging) => {
      const { send, bodies } = await fifoQueue(messaging);
      for (const body of ['a1', 'a2', 'a3']) await send(body);
      await send('b1', { group: 'b' });
      assert.deepEqual(await bodies(), ['a1', 'a2', 'a3', 'b1']);
    }),
  ),
  queues('while a message of a group is in flight, no other of the group is received', pages.fifoLogic, () =>
    withMessaging(async (messaging) => {
      const { QueueUrl, send, receive, bodies } = await fifoQueue(messaging);
      await send('a1');
      const [first] = await receive();
      await send('a2');
      await send('b1', { group: 'b' });
      assert.deepEqual(await bodies(), ['b1']);
      await messaging.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle }));
      assert.deepEqual(await bodies(), ['a2']);
    }),
  ),
  queues('messages whose visibility timeout is over come again in their order', pages.fifoLogic, async () => {
    const { queue, SqsStore } = await engineQueue({ FifoQueue: 'true' });
    for (const body of ['a1', 'a2', 'a3'])
      queue.enqueue(SqsStore.createMessage(body, {}, undefined, 'a', body));
    queue.dequeue(10, 30, none);
    secondsLater(31, () => {
      const again = queue.dequeue(10, 30, none).map(({ ReceiptHandle }) => ReceiptHandle);
      const bodies = again.map((handle) => queue.inflightMessages.get(handle)?.message.body);
      assert.deepEqual(bodies, ['a1', 'a2', 'a3']);
    });
  }),
  queues('a message that is made visible at once comes before what follows it', pages.fifoLogic, () =>
    withMessaging(async (messaging) => {
      const { QueueUrl, send, receive, bodies } = await fifoQueue(messaging);
      await send('a1');
      await send('a2');
      const received = await receive();
      for (const { ReceiptHandle } of received)
        await messaging.sqs.send(
          new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
        );
      assert.deepEqual(await bodies(), ['a1', 'a2']);
    }),
  ),
  queues('a message has its group, deduplication id and a growing sequence number', pages.fifoTerms, () =>
    withMessaging(async (messaging) => {
      const { send, receive } = await fifoQueue(messaging);
      const first = await send('a1', { id: 'one' });
      const second = await send('a2', { id: 'two' });
      const [one, two] = await receive();
      assert.partialDeepStrictEqual(one?.Attributes, {
        MessageGroupId: 'a',
        MessageDeduplicationId: 'one',
        SequenceNumber: first.SequenceNumber,
      });
      assert.equal(two?.Attributes?.SequenceNumber, second.SequenceNumber);
      assert((first.SequenceNumber ?? '') < (second.SequenceNumber ?? ''));
    }),
  ),
  queues(
    'what is sent again with a deduplication id within five minutes is accepted and not delivered',
    pages.fifoDeduplication,
    () =>
      withMessaging(async (messaging) => {
        const { QueueUrl, send, receive } = await fifoQueue(messaging);
        const first = await send('a1', { id: 'one' });
        const [message] = await receive();
        await messaging.sqs.send(
          new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }),
        );
        const again = await send('other', { id: 'one', group: 'b' });
        assert.deepEqual([again.MessageId, again.SequenceNumber], [first.MessageId, first.SequenceNumber]);
        assert.deepEqual(await receive(), []);
      }),
  ),
  queues('after five minutes a deduplication id is free again', pages.fifoDeduplication, async () => {
    const { queue, SqsStore } = await engineQueue({ FifoQueue: 'true' });
    const send = (body: string) => {
      const message = SqsStore.createMessage(body, {}, undefined, 'a', 'one');
      queue.recordDeduplication('one', message.messageId);
      queue.enqueue(message);
    };
    send('first');
    secondsLater(299, () => send('too early'));
    secondsLater(301, () => send('late enough'));
    const bodies = [...queue.fifoMessages.values()].flat().map(({ body }) => body);
    assert.deepEqual(bodies, ['first', 'late enough']);
  }),
  queues('ContentBasedDeduplication takes the body for the id', pages.fifoDeduplication, () =>
    withMessaging(async (messaging) => {
      const { send, bodies } = await fifoQueue(messaging);
      await send('same');
      await send('same');
      await send('other');
      assert.deepEqual(await bodies(), ['same', 'other']);
    }),
  ),
  queues('DeduplicationScope messageGroup keeps the ids of groups apart', pages.fifoThroughput, () =>
    withMessaging(async (messaging) => {
      const { QueueUrl, receive } = await fifoQueue(messaging, { DeduplicationScope: 'messageGroup' });
      const entry = (Id: string, MessageGroupId: string) => ({
        ...{ Id, MessageGroupId, MessageBody: Id, MessageDeduplicationId: 'one' },
      });
      await messaging.sqs.send(
        new SendMessageBatchCommand({
          QueueUrl,
          Entries: [entry('a1', 'a'), entry('b1', 'b'), entry('a2', 'a')],
        }),
      );
      assert.deepEqual(
        (await receive()).map(({ Body }) => Body),
        ['a1', 'b1'],
      );
    }),
  ),
  queues('a message without a group is refused', pages.sendMessage, () =>
    withMessaging(async (messaging) => {
      const { QueueUrl } = await fifoQueue(messaging);
      await assert.rejects(
        messaging.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm' })),
        /must contain the parameter MessageGroupId/,
      );
    }),
  ),
  queues('a message without a deduplication id is refused', pages.fifoDeduplication, () =>
    withMessaging(async (messaging) => {
      const { send } = await fifoQueue(messaging, { ContentBasedDeduplication: 'false' });
      await assert.rejects(send('m'), /ContentBasedDeduplication enabled or MessageDeduplicationId/);
    }),
  ),
  queues('a message of a FIFO queue has no delay of its own', pages.sendMessage, () =>
    withMessaging(async (messaging) => {
      const { QueueUrl } = await fifoQueue(messaging);
      await assert.rejects(
        messaging.sqs.send(
          new SendMessageCommand({ QueueUrl, MessageBody: 'm', MessageGroupId: 'a', DelaySeconds: 1 }),
        ),
        /DelaySeconds is invalid/,
      );
    }),
  ),
  queues.measured(snapshots.sqs)(
    'a receipt handle whose visibility timeout is over deletes nothing',
    pages.deleteMessage,
    () =>
      withMessaging(async (messaging) => {
        const { QueueUrl, send, receive, bodies } = await fifoQueue(messaging);
        await send('a1');
        const [message] = await receive({ visibility: 0 });
        const handle = { ReceiptHandle: message?.ReceiptHandle };
        await assert.rejects(
          messaging.sqs.send(new DeleteMessageCommand({ QueueUrl, ...handle })),
          /The receipt handle has expired/,
        );
        const { Failed } = await messaging.sqs.send(
          new DeleteMessageBatchCommand({ QueueUrl, Entries: [{ Id: '1', ...handle }] }),
        );
        assert.deepEqual(
          Failed?.map(({ Id, Code }) => [Id, Code]),
          [['1', 'InvalidParameterValue']],
        );
        assert.deepEqual(await bodies(), ['a1']);
      }),
  ),
  queues(
    'a dead-letter queue takes a message of a group, and the group goes on',
    pages.deadLetterQueues,
    () =>
      withMessaging(async (messaging) => {
        const dead = await fifoQueue(messaging, {}, 'dead.fifo');
        const { send, receive, bodies } = await fifoQueue(messaging, redriveTo('dead.fifo', 1));
        await send('a1');
        await receive({ visibility: 0 });
        await send('a2');
        assert.deepEqual(await bodies(), ['a2']);
        const [moved] = await dead.receive();
        assert.equal(moved?.Body, 'a1');
        assert.equal(moved?.Attributes?.MessageGroupId, 'a');
      }),
  ),
  queues('a redrive brings the messages of a FIFO dead-letter queue back in order', pages.moveTask, () =>
    withMessaging(async (messaging) => {
      const dead = await fifoQueue(messaging, {}, 'dead.fifo');
      const { send, receive, bodies } = await fifoQueue(messaging, redriveTo('dead.fifo', 1));
      await send('a1');
      await send('a2');
      await receive({ visibility: 0 });
      assert.deepEqual(await bodies(), []);
      assert.equal(await messaging.depth(dead.QueueUrl), 2);
      await messaging.sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arnOfQueue('dead.fifo') }));
      assert.deepEqual(await bodies(), ['a1', 'a2']);
    }),
  ),
  queues('messages of a group that are over their retention are gone', pages.sqsQuotas, async () => {
    const { queue, SqsStore } = await engineQueue({ FifoQueue: 'true', MessageRetentionPeriod: '3600' });
    queue.enqueue(SqsStore.createMessage('old', {}, undefined, 'a', 'one'));
    secondsLater(3500, () => assert.equal(queue.getAttribute('ApproximateNumberOfMessages'), '1'));
    secondsLater(3601, () => assert.deepEqual(queue.dequeue(10, 30, none), []));
  }),
  topics(
    'a FIFO topic delivers to a FIFO queue in order, with group and deduplication id',
    pages.snsFifo,
    () =>
      withMessaging(async (messaging) => {
        const { TopicArn, publish } = await fifoTopic(messaging);
        const { receive } = await fifoQueue(messaging);
        await messaging.subscribe(TopicArn, 'work.fifo', { RawMessageDelivery: 'true' });
        for (const body of ['a1', 'a2', 'a3']) await publish(body, { id: body });
        const received = await receive();
        assert.deepEqual(
          received.map(({ Body, Attributes }) => [
            Body,
            Attributes?.MessageGroupId,
            Attributes?.MessageDeduplicationId,
          ]),
          ['a1', 'a2', 'a3'].map((body) => [body, 'a', body]),
        );
      }),
  ),
  topics('a batch keeps its order', pages.snsFifoOrder, () =>
    withMessaging(async (messaging) => {
      const { TopicArn } = await fifoTopic(messaging);
      const { bodies } = await fifoQueue(messaging);
      await messaging.subscribe(TopicArn, 'work.fifo', { RawMessageDelivery: 'true' });
      const numbers = Array.from({ length: 10 }, (_, index) => String(index));
      const { Successful = [] } = await messaging.sns.send(
        new PublishBatchCommand({
          TopicArn,
          PublishBatchRequestEntries: numbers.map((Id) => ({ Id, Message: Id, MessageGroupId: 'a' })),
        }),
      );
      assert.deepEqual(await bodies(), numbers);
      const sequence = Successful.map(({ SequenceNumber = '' }) => SequenceNumber);
      assert.deepEqual(sequence, sequence.toSorted());
      assert.equal(new Set(sequence).size, 10);
    }),
  ),
  topics('a topic delivers a message once within five minutes', pages.snsFifoDeduplication, () =>
    withMessaging(async (messaging) => {
      const { TopicArn, publish } = await fifoTopic(messaging);
      const { receive } = await fifoQueue(messaging);
      await messaging.subscribe(TopicArn, 'work.fifo', { RawMessageDelivery: 'true' });
      const first = await publish('first', { id: 'one' });
      const again = await publish('again', { id: 'one' });
      assert.equal(again.MessageId, first.MessageId);
      assert.deepEqual(
        (await receive()).map(({ Body }) => Body),
        ['first'],
      );
      assert.equal(await messaging.sum('NumberOfMessagesPublished'), 1);
    }),
  ),
  topics('FifoThroughputScope MessageGroup keeps the ids of groups apart', pages.snsFifoThroughput, () =>
    withMessaging(async (messaging) => {
      const { TopicArn, publish } = await fifoTopic(messaging, { FifoThroughputScope: 'MessageGroup' });
      const { bodies } = await fifoQueue(messaging, { DeduplicationScope: 'messageGroup' });
      await messaging.subscribe(TopicArn, 'work.fifo', { RawMessageDelivery: 'true' });
      await publish('a1', { group: 'a', id: 'one' });
      await publish('b1', { group: 'b', id: 'one' });
      assert.deepEqual(await bodies(), ['a1', 'b1']);
    }),
  ),
  topics.measured(snapshots.sns)(
    'a notification of a FIFO topic has a sequence number and no signature',
    pages.snsFifoOrder,
    () =>
      withMessaging(async (messaging) => {
        const { TopicArn, publish } = await fifoTopic(messaging);
        const { receive } = await fifoQueue(messaging);
        await messaging.subscribe(TopicArn, 'work.fifo');
        const { SequenceNumber } = await publish('m');
        const [message] = await receive();
        const notification = JSON.parse(message?.Body ?? '');
        assert.equal(notification.SequenceNumber, SequenceNumber);
        assert(!('Signature' in notification) && !('SigningCertURL' in notification));
      }),
  ),
  topics('a standard queue takes from a FIFO topic, too', pages.snsFifoStandard, () =>
    withMessaging(async (messaging) => {
      const { TopicArn, publish } = await fifoTopic(messaging);
      const url = await messaging.queue('plain');
      await messaging.subscribe(TopicArn, 'plain', { RawMessageDelivery: 'true' });
      await publish('m');
      const [message] = await messaging.receive(url);
      assert.equal(message?.Body, 'm');
    }),
  ),
  topics('a FIFO topic refuses a message without a group or a deduplication id', pages.publish, () =>
    withMessaging(async (messaging) => {
      const { TopicArn, publish } = await fifoTopic(messaging, { ContentBasedDeduplication: 'false' });
      await assert.rejects(publish('m'), /ContentBasedDeduplication enabled or MessageDeduplicationId/);
      const { Failed = [] } = await messaging.sns.send(
        new PublishBatchCommand({
          TopicArn,
          PublishBatchRequestEntries: [{ Id: '1', Message: 'm', MessageDeduplicationId: 'one' }],
        }),
      );
      assert.match(Failed[0]?.Message ?? '', /MessageGroupId parameter is required/);
    }),
  ),
  topics('functions cannot be subscribed to a FIFO topic', pages.snsFifo, () =>
    withMessaging(async (messaging) => {
      const { TopicArn } = await fifoTopic(messaging);
      await assert.rejects(messaging.subscribeFunction(TopicArn, 'f'), /Invalid protocol type: lambda/);
    }),
  ),
  topics('a FIFO queue cannot be subscribed to a standard topic', pages.snsFifo, () =>
    withMessaging(async (messaging) => {
      const TopicArn = await messaging.topic('events');
      await fifoQueue(messaging);
      await assert.rejects(
        messaging.subscribe(TopicArn, 'work.fifo'),
        /can not be subscribed to standard SNS topics/,
      );
    }),
  ),
];
