import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { messageOf, pack } from '#lib/broadcast/pack.ts';
import { snsPublishBatch } from '#lib/broadcast/sns-publish-batch.ts';
import type { PostChange } from '#lib/events/change.ts';
import { type PostEvent, postEventOf } from '#lib/events/post-event.ts';
import { type Moderation, type Post, PostStatus, PostType } from '#lib/posts/post.ts';
import { createClients } from '#local/clients.ts';
import { startFauxqs } from '#local/engines/fauxqs.ts';
import { ofType, STACKS } from './stacks.ts';

const SELECTIVE = /^(PushNotifications|SearchIndexing|ContentModeration)Subscription$/;

const Subscription = z.object({
  FilterPolicy: z.record(z.string(), z.unknown()),
  FilterPolicyScope: z.literal('MessageAttributes'),
  RawMessageDelivery: z.literal(true),
});

const post = (type: PostType, status: PostStatus): Post => ({
  postId: '01JD3Q8Z6XKQ4T0V9W2B5N7M1A',
  userId: 'ada',
  content: 'Sunrise over the harbour',
  type,
  status,
  timestamp: '2026-11-20T06:30:00.000Z',
  updatedAt: '2026-11-20T06:30:00.000Z',
  version: 1,
});

/** Every kind of change that the table can see: what was, what is, and whether text or review changed. */
const changes = (): PostChange[] =>
  PostType.options.flatMap((type) =>
    PostStatus.options.flatMap((status): PostChange[] => {
      const before = post(type, status);
      const reviewed: Moderation = { decision: 'approved', labels: [], scores: {}, reviewedVersion: 1 };
      return [
        { eventType: 'INSERT', after: before },
        { eventType: 'REMOVE', before },
        { eventType: 'MODIFY', before, after: { ...before, content: 'Another text' } },
        { eventType: 'MODIFY', before, after: { ...before, moderation: reviewed } },
        ...PostStatus.options.map(
          (next): PostChange => ({ eventType: 'MODIFY', before, after: { ...before, status: next } }),
        ),
      ];
    }),
  );

const events: PostEvent[] = changes().map((change, index) =>
  postEventOf(change, {
    eventId: `event-${index}`,
    occurredAt: '2026-11-20T06:30:00.000Z',
    correlationId: 'request-1',
  }),
);

test('each filter policy takes some events that the broadcaster can publish, and those of search, push and moderation keep others out', async () => {
  const { template } = await STACKS.dev();
  const subscriptions = ofType(template, 'AWS::SNS::Subscription', Subscription);
  expect(subscriptions.length).toBeGreaterThanOrEqual(3);

  const engine = await startFauxqs({ port: 0, region: 'us-east-1' });
  const clients = createClients({ dynamoDb: engine.endpoint, messaging: engine.endpoint }, 'us-east-1');
  try {
    const { TopicArn = '' } = await clients.sns.send(new CreateTopicCommand({ Name: 'events' }));
    for (const { id, properties } of subscriptions) {
      await clients.sqs.send(new CreateQueueCommand({ QueueName: id }));
      await clients.sns.send(
        new SubscribeCommand({
          TopicArn,
          Protocol: 'sqs',
          Endpoint: `arn:aws:sqs:us-east-1:000000000000:${id}`,
          Attributes: {
            FilterPolicy: JSON.stringify(properties.FilterPolicy),
            FilterPolicyScope: properties.FilterPolicyScope,
            RawMessageDelivery: 'true',
          },
        }),
      );
    }
    const publish = snsPublishBatch(clients.sns, TopicArn);
    for (const batch of pack(events.map(messageOf))) expect(await publish(batch)).toEqual([]);

    const deliveries = await engine.deliveries(0);
    for (const { id } of subscriptions) {
      const taken = deliveries.filter(({ to }) => to === id).length;
      expect({ id, takesSome: taken > 0 }).toEqual({ id, takesSome: true });
      // Whoever is added may want to hear everything; these three must not.
      if (SELECTIVE.test(id))
        expect({ id, keepsSomeOut: taken < events.length }).toEqual({ id, keepsSomeOut: true });
    }
  } finally {
    clients.destroy();
    await engine.stop();
  }
});
