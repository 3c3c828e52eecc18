import assert from 'node:assert/strict';
import {
  GetSubscriptionAttributesCommand,
  type MessageAttributeValue,
  PublishBatchCommand,
  SetSubscriptionAttributesCommand,
} from '@aws-sdk/client-sns';
import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { type Behaviour, inArea, pages, snapshots } from '../behaviour.ts';
import { arnOfQueue, type Messaging, withMessaging } from '../support/messaging.ts';

const holds = inArea('SNS: topics and deliveries');
const inMetrics = inArea('SNS: metrics');

const raw = { RawMessageDelivery: 'true' };
const redrivePolicy = (name: string) => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOfQueue(name) }),
});
const attributes = (count: number): Record<string, MessageAttributeValue> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`a${index}`, { DataType: 'String', StringValue: 'x' }]),
  );

/** A topic with a subscribed queue. */
async function withTopic(
  subscription: Record<string, string>,
  act: (messaging: Messaging, topicArn: string, queueUrl: string, subscriptionArn: string) => Promise<void>,
): Promise<void> {
  await withMessaging(async (messaging) => {
    const queueUrl = await messaging.queue('work');
    const topicArn = await messaging.topic('events');
    await act(messaging, topicArn, queueUrl, await messaging.subscribe(topicArn, 'work', subscription));
  });
}

export const topics: readonly Behaviour[] = [
  holds('a raw delivery is the message as it was published, with its attributes', pages.snsRaw, () =>
    withTopic(raw, async ({ publish, receive }, topicArn, url) => {
      await publish(topicArn, 'as it is', { kind: { DataType: 'String', StringValue: 'a' } });
      const [message] = await receive(url);
      assert.equal(message?.Body, 'as it is');
      assert.equal(message?.MessageAttributes?.kind?.StringValue, 'a');
    }),
  ),
  holds('without raw delivery the body is a notification with the message in it', pages.snsFormats, () =>
    withTopic({}, async ({ publish, receive }, topicArn, url) => {
      await publish(topicArn, 'wrapped', { kind: { DataType: 'String', StringValue: 'a' } });
      const [message] = await receive(url);
      assert.equal(message?.MessageAttributes, undefined);
      const { Type, Message, TopicArn, MessageAttributes } = JSON.parse(message?.Body ?? '{}');
      assert.deepEqual(
        { Type, Message, TopicArn, MessageAttributes },
        {
          Type: 'Notification',
          Message: 'wrapped',
          TopicArn: topicArn,
          MessageAttributes: { kind: { Type: 'String', Value: 'a' } },
        },
      );
    }),
  ),
  holds('more than ten attributes are not delivered raw: a client error', pages.snsMessageAttributes, () =>
    withTopic(raw, async ({ publish, receive, sum }, topicArn, url) => {
      await publish(topicArn, 'ten', attributes(10));
      await publish(topicArn, 'eleven', attributes(11));
      assert.deepEqual(
        (await receive(url)).map(({ Body }) => Body),
        ['ten'],
      );
      assert.equal(await sum('NumberOfNotificationsFailed'), 1);
    }),
  ),
  holds('more than ten attributes are delivered without raw delivery', pages.snsMessageAttributes, () =>
    withTopic({}, async ({ publish, receive }, topicArn, url) => {
      await publish(topicArn, 'eleven', attributes(11));
      const [message] = await receive(url);
      assert.equal(Object.keys(JSON.parse(message?.Body ?? '{}').MessageAttributes).length, 11);
    }),
  ),
  holds(
    'a delivery with a client error goes to the dead-letter queue of its subscription, at once',
    pages.snsDeadLetters,
    () =>
      withMessaging(async ({ queue, topic, subscribe, publish, receive, sum }) => {
        const undelivered = await queue('undelivered');
        await queue('work');
        await queue('other');
        const topicArn = await topic('events');
        await subscribe(topicArn, 'work', { ...raw, ...redrivePolicy('undelivered') });
        await subscribe(topicArn, 'other', raw);
        await publish(topicArn, 'too many', attributes(11));
        const [message, ...more] = await receive(undelivered);
        assert.equal(message?.Body, 'too many');
        assert.deepEqual(more, []);
        assert.equal(await sum('NumberOfNotificationsRedrivenToDlq'), 1);
        assert.equal(await sum('NumberOfNotificationsFailed'), 2);
      }),
  ),
  holds('a queue that is gone is a client error', pages.snsDeadLetters, () =>
    withTopic(
      { ...raw, ...redrivePolicy('undelivered') },
      async ({ sqs, queue, publish, receive }, topicArn, url) => {
        const undelivered = await queue('undelivered');
        await sqs.send(new DeleteQueueCommand({ QueueUrl: url }));
        await publish(topicArn, 'nobody there');
        assert.equal((await receive(undelivered))[0]?.Body, 'nobody there');
      },
    ),
  ),
  holds('a message over the maximum size of its queue is a client error', pages.snsDeadLetters, () =>
    withMessaging(async ({ queue, topic, subscribe, publish, receive }) => {
      const undelivered = await queue('undelivered');
      await queue('small', { MaximumMessageSize: '1024' });
      const topicArn = await topic('events');
      await subscribe(topicArn, 'small', { ...raw, ...redrivePolicy('undelivered') });
      await publish(topicArn, 'x'.repeat(1025));
      assert.equal((await receive(undelivered)).length, 1);
    }),
  ),
  holds.decided('AWS shows the three attributes in its examples, and no list of their values')(
    'a message in the dead-letter queue of a subscription says why: RequestID, ErrorCode, ErrorMessage',
    pages.snsDeadLetters,
    () =>
      withTopic(
        { ...raw, ...redrivePolicy('undelivered') },
        async ({ queue, publish, receive }, topicArn) => {
          const undelivered = await queue('undelivered');
          await publish(topicArn, 'm', attributes(11));
          const [message] = await receive(undelivered);
          const { ErrorCode, ErrorMessage, RequestID } = message?.MessageAttributes ?? {};
          assert.equal(ErrorCode?.StringValue, 'InvalidParameterValue');
          assert.match(ErrorMessage?.StringValue ?? '', /\[11\] exceeds the allowed maximum \[10\]/);
          assert.match(RequestID?.StringValue ?? '', /^[0-9a-f-]{36}$/);
        },
      ),
  ),
  holds('a changed filter policy decides from then on', pages.snsPolicies, () =>
    withTopic(
      { ...raw, FilterPolicy: JSON.stringify({ kind: ['a'] }) },
      async ({ sns, publish, receive }, topicArn, url, SubscriptionArn) => {
        const kind = { kind: { DataType: 'String', StringValue: 'b' } };
        await publish(topicArn, 'filtered out', kind);
        await sns.send(
          new SetSubscriptionAttributesCommand({
            SubscriptionArn,
            AttributeName: 'FilterPolicy',
            AttributeValue: JSON.stringify({ kind: ['b'] }),
          }),
        );
        await publish(topicArn, 'wanted', kind);
        assert.deepEqual(
          (await receive(url)).map(({ Body }) => Body),
          ['wanted'],
        );
      },
    ),
  ),
  holds.measured(snapshots.filterPolicies)(
    'a policy that SNS does not take is refused by Subscribe and by SetSubscriptionAttributes',
    pages.snsPolicyLimits,
    () =>
      withTopic(raw, async ({ sns, subscribe }, topicArn, _url, SubscriptionArn) => {
        const policy = JSON.stringify({ key: [{ numeric: ['<'] }] });
        await assert.rejects(subscribe(topicArn, 'work', { FilterPolicy: policy }), /FilterPolicy/);
        await assert.rejects(
          sns.send(
            new SetSubscriptionAttributesCommand({
              SubscriptionArn,
              AttributeName: 'FilterPolicy',
              AttributeValue: policy,
            }),
          ),
          /FilterPolicy/,
        );
        const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
        assert.equal(Attributes?.FilterPolicy, undefined);
      }),
  ),
  holds('PublishBatch names the entries that it refuses in Failed', pages.publishBatch, () =>
    withTopic(raw, async ({ sns, receive }, TopicArn, url) => {
      const { Successful, Failed } = await sns.send(
        new PublishBatchCommand({
          TopicArn,
          PublishBatchRequestEntries: [
            { Id: 'good', Message: 'm' },
            { Id: 'empty', Message: '' },
          ],
        }),
      );
      assert.deepEqual(
        Successful?.map(({ Id }) => Id),
        ['good'],
      );
      assert.deepEqual(
        Failed?.map(({ Id, SenderFault }) => [Id, SenderFault]),
        [['empty', true]],
      );
      assert.equal((await receive(url)).length, 1);
    }),
  ),
  holds(
    'PublishBatch takes at most ten entries, 256 KB together, each under an id of its own',
    pages.publishBatch,
    () =>
      withTopic(raw, async ({ sns, receive }, TopicArn, url) => {
        const batch = (entries: readonly { Id: string; Message: string }[]) =>
          sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: [...entries] }));
        const entry = (Id: string, Message = 'm') => ({ Id, Message });
        const refusals: [readonly { Id: string; Message: string }[], string][] = [
          [Array.from({ length: 11 }, (_, index) => entry(`${index}`)), 'TooManyEntriesInBatchRequest'],
          [[entry('a'), entry('a')], 'BatchEntryIdsNotDistinct'],
          [[entry('a b')], 'InvalidBatchEntryId'],
          [[entry('a', 'x'.repeat(131_000)), entry('b', 'x'.repeat(131_200))], 'BatchRequestTooLong'],
        ];
        for (const [entries, name] of refusals)
          await assert.rejects(
            batch(entries),
            (error) => error instanceof Error && error.name.includes(name),
          );
        assert.deepEqual(await receive(url), []);
      }),
  ),
  holds('a message is at most 256 KB and not empty', pages.publish, () =>
    withTopic(raw, async ({ publish }, topicArn) => {
      await assert.rejects(publish(topicArn, 'x'.repeat(262_145)), /too long/i);
      await assert.rejects(publish(topicArn, ''), /empty/i);
      await publish(topicArn, 'x'.repeat(262_144));
    }),
  ),
  inMetrics('SNS counts what is published, delivered and filtered out, by topic', pages.snsMetrics, () =>
    withTopic(
      { ...raw, FilterPolicy: JSON.stringify({ kind: ['a'] }) },
      async ({ publish, sum, metrics }, topicArn) => {
        await publish(topicArn, 'wanted', { kind: { DataType: 'String', StringValue: 'a' } });
        await publish(topicArn, 'other', { kind: { DataType: 'String', StringValue: 'b' } });
        await publish(topicArn, 'none');
        assert.equal(await sum('NumberOfMessagesPublished'), 3);
        assert.equal(await sum('NumberOfNotificationsDelivered'), 1);
        assert.equal(await sum('NumberOfNotificationsFilteredOut'), 2);
        assert.equal(await sum('NumberOfNotificationsFilteredOut-NoMessageAttributes'), 1);
        assert(
          metrics.every(
            ({ namespace, dimensions }) => namespace === 'AWS/SNS' && dimensions.TopicName === 'events',
          ),
        );
      },
    ),
  ),
  inMetrics('SNS counts deliveries that failed, were redriven, and could not be', pages.snsMetrics, () =>
    withTopic({ ...raw, ...redrivePolicy('nowhere') }, async ({ publish, sum }, topicArn) => {
      await publish(topicArn, 'm', attributes(11));
      assert.equal(await sum('NumberOfNotificationsFailed'), 1);
      assert.equal(await sum('NumberOfNotificationsRedrivenToDlq'), 0);
      assert.equal(await sum('NumberOfNotificationsFailedToRedriveToDlq'), 1);
    }),
  ),
];
