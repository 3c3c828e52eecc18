import assert from 'node:assert/strict';
import { PublishBatchCommand, PublishCommand } from '@aws-sdk/client-sns';
import { withTopicSubscriptions } from '../../../src/provisioning/topic-subscriptions.ts';
import { type Behaviour, inArea, pages } from '../behaviour.ts';
import { arnOfQueue, type Messaging, withMessaging } from '../support/messaging.ts';

const holds = inArea('Topics: functions as subscribers');

const FUNCTION = 'arn:aws:lambda:eu-central-1:000000000000:function:worker';
const inExample = (name: string) => ({ file: 'examples/sns-to-lambda.test.ts', name });
const inRights = (name: string) => ({ file: 'iam/enforcement.test.ts', name });
const inProvisioning = (name: string) => ({ file: 'provisioning/provisioning.test.ts', name });

/** A topic with a subscribed function. */
const withFunction = (
  attributes: Record<string, string>,
  act: (messaging: Messaging, topicArn: string, subscriptionArn: string) => Promise<void>,
  name = 'worker',
) =>
  withMessaging(async (messaging) => {
    const topicArn = await messaging.topic('to-functions');
    await act(messaging, topicArn, await messaging.subscribeFunction(topicArn, name, attributes));
  });

const messagesOf = ({ events }: Messaging): string[] =>
  events.map(({ event }) => event.Records[0].Sns.Message);
const redriveTo = (queue: string) => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOfQueue(queue) }),
});

export const functionsOfTopics: readonly Behaviour[] = [
  holds('a subscribed function gets the event of the documented shape', pages.withSns, () =>
    withFunction({}, async ({ sns, events }, TopicArn, subscriptionArn) => {
      const { MessageId } = await sns.send(
        new PublishCommand({
          ...{ TopicArn, Message: 'Hello from SNS!', Subject: 'TestInvoke' },
          MessageAttributes: {
            Test: { DataType: 'String', StringValue: 'TestString' },
            TestBinary: { DataType: 'Binary', BinaryValue: Buffer.from('TestBinary') },
          },
        }),
      );
      assert.equal(events.length, 1);
      const [first] = events;
      assert.equal(first?.functionArn, FUNCTION);
      const { Timestamp, Signature, SigningCertUrl, UnsubscribeUrl, ...rest } = first.event.Records[0].Sns;
      assert.match(String(Timestamp), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      for (const text of [Signature, SigningCertUrl, UnsubscribeUrl]) assert.equal(typeof text, 'string');
      assert.deepEqual(rest, {
        ...{ Type: 'Notification', MessageId, TopicArn, SignatureVersion: '1' },
        ...{ Message: 'Hello from SNS!', Subject: 'TestInvoke' },
        MessageAttributes: {
          Test: { Type: 'String', Value: 'TestString' },
          TestBinary: { Type: 'Binary', Value: Buffer.from('TestBinary').toString('base64') },
        },
      });
      const { Sns: _, ...record } = first.event.Records[0];
      assert.deepEqual(record, {
        ...{ EventVersion: '1.0', EventSource: 'aws:sns', EventSubscriptionArn: subscriptionArn },
      });
    }),
  ),
  holds.decided('AWS shows no event of a message without them')(
    'without a subject and attributes the event has null and an empty object',
    pages.withSns,
    () =>
      withFunction({}, async ({ publish, events }, topicArn) => {
        await publish(topicArn, 'plain');
        const sns = events[0]?.event.Records[0].Sns;
        assert.deepEqual([sns?.Subject, sns?.MessageAttributes], [null, {}]);
      }),
  ),
  holds('each message is an event of its own, those of a batch too', pages.withSns, () =>
    withFunction({}, async (messaging, TopicArn) => {
      await messaging.sns.send(
        new PublishBatchCommand({
          TopicArn,
          PublishBatchRequestEntries: ['a', 'b', 'c'].map((Message) => ({ Id: Message, Message })),
        }),
      );
      assert.deepEqual(messagesOf(messaging).toSorted(), ['a', 'b', 'c']);
    }),
  ),
  holds('a filter policy on attributes decides whether a function is invoked', pages.snsPolicies, () =>
    withFunction({ FilterPolicy: JSON.stringify({ kind: ['a'] }) }, async (messaging, topicArn) => {
      for (const kind of ['a', 'b'])
        await messaging.publish(topicArn, kind, { kind: { DataType: 'String', StringValue: kind } });
      assert.deepEqual(messagesOf(messaging), ['a']);
      assert.equal(await messaging.sum('NumberOfNotificationsFilteredOut'), 1);
    }),
  ),
  holds('a filter policy on the body decides whether a function is invoked', pages.snsPolicyScope, () =>
    withFunction(
      { FilterPolicyScope: 'MessageBody', FilterPolicy: JSON.stringify({ total: [{ numeric: ['>', 9] }] }) },
      async (messaging, topicArn) => {
        for (const total of [9, 10]) await messaging.publish(topicArn, JSON.stringify({ total }));
        assert.deepEqual(messagesOf(messaging), ['{"total":10}']);
      },
    ),
  ),
  holds(
    'a function that is gone is a client error: the message goes to the dead-letter queue',
    pages.snsDeadLetters,
    () =>
      withFunction(
        redriveTo('undelivered'),
        async ({ queue, publish, receive, sum }, topicArn) => {
          const undelivered = await queue('undelivered');
          await publish(topicArn, 'nobody there');
          const [message] = await receive(undelivered);
          const { Type, Message } = JSON.parse(message?.Body ?? '{}');
          assert.deepEqual([Type, Message], ['Notification', 'nobody there']);
          assert.equal(await sum('NumberOfNotificationsFailed'), 1);
          assert.equal(await sum('NumberOfNotificationsRedrivenToDlq'), 1);
        },
        'gone',
      ),
  ),
  holds('what a function takes counts as delivered', pages.snsMetrics, () =>
    withFunction({}, async ({ publish, sum }, topicArn) => {
      await publish(topicArn, 'm');
      assert.equal(await sum('NumberOfNotificationsDelivered'), 1);
      assert.equal(await sum('NumberOfNotificationsFailed'), 0);
    }),
  ),
  holds('queues and functions of a topic all get the message', pages.snsLambda, () =>
    withFunction({}, async (messaging, topicArn) => {
      const url = await messaging.queue('beside');
      await messaging.subscribe(topicArn, 'beside', { RawMessageDelivery: 'true' });
      await messaging.publish(topicArn, 'for all');
      assert.deepEqual(messagesOf(messaging), ['for all']);
      assert.equal((await messaging.receive(url))[0]?.Body, 'for all');
    }),
  ),
  holds(
    "a function's failure is retried by Lambda and told to its destination; to SNS the message is delivered",
    pages.withSns,
    inExample('an event that waits for its retry survives a kill, and ends at the on-failure destination'),
  ),
  holds(
    'raw message delivery to a function is refused',
    pages.snsRaw,
    inProvisioning('raw message delivery'),
  ),
  holds('subscriptions that stand inside a topic are made', pages.templateTopicSubscription, () => {
    const { Resources } = withTopicSubscriptions(
      {
        ...{ Parameters: {}, Mappings: {}, Conditions: {}, Outputs: {} },
        Resources: {
          Events: {
            Type: 'AWS::SNS::Topic',
            Condition: 'IsWanted',
            Properties: { TopicName: 'events', Subscription: [{ Protocol: 'lambda', Endpoint: FUNCTION }] },
          },
        },
      },
      new Set(),
    );
    assert.deepEqual(Resources, {
      Events: { Type: 'AWS::SNS::Topic', Condition: 'IsWanted', Properties: { TopicName: 'events' } },
      EventsSubscription1: {
        Type: 'AWS::SNS::Subscription',
        Condition: 'IsWanted',
        Properties: { Protocol: 'lambda', Endpoint: FUNCTION, TopicArn: { Ref: 'Events' } },
      },
    });
  }),
  holds(
    'a topic invokes a function only where a permission lets it',
    pages.lambdaPermissions,
    inRights('a topic invokes a function whose permission lets it'),
  ),
  holds(
    'a permission for another topic lets none else in',
    pages.lambdaPermissions,
    inRights('and no other, and then tells the dead-letter queue of the subscription'),
  ),
];
