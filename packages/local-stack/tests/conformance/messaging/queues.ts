import assert from 'node:assert/strict';
import {
  DeleteMessageCommand,
  ListMessageMoveTasksCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { fauxqsQueueDepths } from '../../../src/queue-metrics/index.ts';
import { type Behaviour, inArea, pages, snapshots } from '../behaviour.ts';
import { arnOfQueue, engineQueue, secondsLater, withMessaging } from '../support/messaging.ts';

const holds = inArea('SQS: messages');
const inMetrics = inArea('SQS: metrics');
const measured = holds.measured(snapshots.sqs);

const day = 86_400;
const none = () => undefined;
const redrive = (name: string, maxReceiveCount: number) => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOfQueue(name), maxReceiveCount }),
});

export const messagingQueues: readonly Behaviour[] = [
  holds('a message that is older than the retention period is deleted', pages.sqsQuotas, async () => {
    const { queue, send } = await engineQueue({ MessageRetentionPeriod: String(day) });
    send('old');
    queue.dequeue(1, 12 * 3600, none);
    send('waiting');
    secondsLater(day - 60, () => assert.equal(queue.getAttribute('ApproximateNumberOfMessages'), '2'));
    secondsLater(day + 60, () => {
      assert.equal(queue.getAttribute('ApproximateNumberOfMessages'), '0');
      assert.equal(queue.getAttribute('ApproximateNumberOfMessagesNotVisible'), '0');
      assert.deepEqual(queue.dequeue(10, undefined, none), []);
    });
  }),
  holds(
    'a dead-letter queue keeps messages counting from when they were first sent',
    pages.sqsDlqRetention,
    async () => {
      const { queue, send } = await engineQueue({
        VisibilityTimeout: '0',
        ...redrive('dlq', 1),
      });
      const { queue: deadLetters } = await engineQueue({ MessageRetentionPeriod: String(4 * day) });
      send('poison');
      queue.dequeue(1, undefined, none);
      secondsLater(day, () => queue.dequeue(1, undefined, () => deadLetters));
      secondsLater(3 * day, () => assert.equal(deadLetters.getAttribute('ApproximateNumberOfMessages'), '1'));
      secondsLater(4 * day + 1, () =>
        assert.equal(deadLetters.getAttribute('ApproximateNumberOfMessages'), '0'),
      );
    },
  ),
  holds('a visibility timeout ends 12 hours after the message was received', pages.visibility, async () => {
    const { queue, send } = await engineQueue();
    send('long');
    const [{ ReceiptHandle = '' } = {}] = queue.dequeue(1, 3600, none);
    secondsLater(1800, () => {
      queue.changeVisibility(ReceiptHandle, 11 * 3600);
      assert.throws(
        () => queue.changeVisibility(ReceiptHandle, 12 * 3600),
        /beyond the limit \[43200 seconds\]/,
      );
    });
  }),
  holds('a receipt handle of an earlier receive deletes nothing', pages.deleteMessage, () =>
    withMessaging(async ({ sqs, queue, send, receive, depth }) => {
      const url = await queue('work');
      await send(url, 'm');
      const [first] = await receive(url, { visibility: 0 });
      const [second] = await receive(url, { visibility: 0 });
      assert.notEqual(first?.ReceiptHandle, second?.ReceiptHandle);
      assert.equal(await depth(url), 1);
      await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle }));
      assert.equal(await depth(url), 1);
      await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: second?.ReceiptHandle }));
      assert.equal(await depth(url), 0);
    }),
  ),
  measured('the latest receipt handle deletes even after its visibility timeout', pages.deleteMessage, () =>
    withMessaging(async ({ sqs, queue, send, receive, depth }) => {
      const url = await queue('work');
      await send(url, 'm');
      const [message] = await receive(url, { visibility: 0 });
      assert.equal(await depth(url), 1);
      await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle }));
      assert.equal(await depth(url), 0);
    }),
  ),
  measured(
    'a message that moves to a dead-letter queue keeps its count of receives, and the move is none',
    pages.deadLetterQueues,
    () =>
      withMessaging(async ({ queue, send, receive }) => {
        const dlq = await queue('dlq');
        const url = await queue('work', { VisibilityTimeout: '0', ...redrive('dlq', 1) });
        await send(url, 'poison');
        await receive(url);
        assert.deepEqual(await receive(url), []);
        const [message] = await receive(dlq);
        assert.equal(message?.Body, 'poison');
        assert.equal(message?.Attributes?.ApproximateReceiveCount, '2');
      }),
  ),
  holds('at most 120,000 messages of a queue are in flight', pages.sqsQuotas, async () => {
    const { queue, send } = await engineQueue();
    send('one more');
    const entry = {
      message: { ...queue.messages[0], sentTimestamp: Date.now() },
      visibilityDeadline: Infinity,
    };
    for (let count = 0; count < 120_000; count += 1)
      Reflect.apply(Map.prototype.set, queue.inflightMessages, [`handle-${count}`, entry]);
    assert.deepEqual(queue.dequeue(1, undefined, none), []);
    queue.inflightMessages.delete('handle-1');
    assert.equal(queue.dequeue(1, undefined, none).length, 1);
  }),
  holds.decided(
    'SQS says that it may happen, not how often: here by the option --unorderedQueues, one in ten twice',
  )('a standard queue may deliver messages twice and in any order', pages.sqsStandardQueues, async () => {
    const bodies = Array.from({ length: 200 }, (_, index) => `m${index}`);
    const received = async (unordered: boolean): Promise<string[]> => {
      const found: string[] = [];
      await withMessaging(
        async ({ queue, send, receive }) => {
          const url = await queue('work');
          for (const body of bodies) await send(url, body);
          const next = () => receive(url, { visibility: 43_200 });
          for (let page = await next(); page.length > 0; page = await next())
            found.push(...page.map(({ Body = '' }) => Body));
        },
        { unordered },
      );
      return found;
    };
    assert.deepEqual(await received(false), bodies);
    const unordered = await received(true);
    assert.deepEqual(new Set(unordered), new Set(bodies));
    assert(unordered.length > bodies.length && unordered.length < bodies.length * 1.5);
    assert.notDeepEqual([...new Set(unordered)], bodies);
  }),
  holds('a message may hold every character of XML 1.0', pages.sendMessage, () =>
    withMessaging(async ({ queue, send, receive }) => {
      const url = await queue('work');
      await send(url, '👋 \u{10FFFF}');
      assert.equal((await receive(url))[0]?.Body, '👋 \u{10FFFF}');
      await assert.rejects(send(url, '\u0000'));
    }),
  ),
  holds.measured(snapshots.moveTasks)(
    'StartMessageMoveTask brings the messages of a dead-letter queue back to the queues they came from',
    pages.moveTask,
    () =>
      withMessaging(async ({ sqs, queue, send, receive, depth }) => {
        const dlq = await queue('dlq');
        const urls = [];
        for (const name of ['one', 'other']) {
          const url = await queue(name, { VisibilityTimeout: '0', ...redrive('dlq', 1) });
          urls.push(url);
          await send(url, name);
          await receive(url);
          await receive(url);
        }
        assert.equal(await depth(dlq), 2);
        const SourceArn = arnOfQueue('dlq');
        await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
        assert.equal(await depth(dlq), 0);
        for (const [index, url] of urls.entries()) {
          const [message] = await receive(url);
          assert.equal(message?.Body, ['one', 'other'][index]);
          assert.equal(message?.Attributes?.ApproximateReceiveCount, '1');
        }
        const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn }));
        assert.equal(Results?.[0]?.Status, 'COMPLETED');
        assert.equal(Results?.[0]?.ApproximateNumberOfMessagesMoved, 2);
      }),
  ),
  holds('StartMessageMoveTask takes a destination of its own', pages.moveTask, () =>
    withMessaging(async ({ sqs, queue, send, depth }) => {
      const dlq = await queue('dlq');
      await queue('work', redrive('dlq', 1));
      const repaired = await queue('repaired');
      await send(dlq, 'm');
      await sqs.send(
        new StartMessageMoveTaskCommand({
          SourceArn: arnOfQueue('dlq'),
          DestinationArn: arnOfQueue('repaired'),
        }),
      );
      assert.equal(await depth(repaired), 1);
    }),
  ),
  holds.measured(snapshots.moveTasks)(
    'StartMessageMoveTask refuses a queue that is no dead-letter queue of a queue, as that of a subscription',
    pages.moveTask,
    () =>
      withMessaging(async ({ sqs, queue }) => {
        await queue('undelivered');
        await assert.rejects(
          sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arnOfQueue('undelivered') })),
          /Source queue must be configured as a Dead Letter Queue/,
        );
      }),
  ),
  inMetrics(
    'ApproximateAgeOfOldestMessage leaves out messages that were received three times and not deleted',
    pages.queueMetrics,
    () =>
      withMessaging(async ({ endpoint, queue, send, receive }) => {
        const url = await queue('work', { VisibilityTimeout: '0' });
        const read = fauxqsQueueDepths(endpoint);
        await send(url, 'poison');
        for (let count = 0; count < 2; count += 1) await receive(url);
        assert.notEqual((await read('work')).oldestSince, undefined);
        await receive(url);
        const { oldestSince, visible } = await read('work');
        assert.equal(visible, 1);
        assert.equal(oldestSince, undefined);
      }),
  ),
  inMetrics(
    'ApproximateAgeOfOldestMessage of a dead-letter queue counts from the move',
    pages.queueMetrics,
    () =>
      withMessaging(async ({ endpoint, queue, send, receive }) => {
        await queue('dlq');
        const url = await queue('work', { VisibilityTimeout: '0', ...redrive('dlq', 3) });
        const read = fauxqsQueueDepths(endpoint);
        await send(url, 'poison');
        const { oldestSince: sent = 0 } = await read('work');
        // The clock of this machine has to go on by a millisecond.
        while (Date.now() <= sent) await read('work');
        for (let count = 0; count < 4; count += 1) await receive(url);
        const { oldestSince = 0, visible } = await read('dlq');
        assert.equal(visible, 1);
        assert(oldestSince > sent);
      }),
  ),
];
