import * as z from 'zod';
import { PostEventAttributes } from '#lib/events/post-event.ts';
import { type SubscriberFolder, subscribers } from '../subscribers.ts';

const { $schema: _dialect, ...attributesSchema } = z.toJSONSchema(PostEventAttributes);

const receiving = ({ name, key, filterPolicy }: SubscriberFolder) => ({
  action: 'receive',
  summary: `What ${name} takes from its queue.`,
  channel: { $ref: '#/channels/postEvents' },
  messages: [{ $ref: '#/channels/postEvents/messages/postEvent' }],
  bindings: {
    sns: {
      bindingVersion: '1.0.0',
      consumers: [
        {
          protocol: 'sqs',
          endpoint: { name: `${key}Queue` },
          filterPolicy,
          filterPolicyScope: 'MessageAttributes',
          rawMessageDelivery: true,
        },
      ],
    },
  },
});

/** The topic as an AsyncAPI 3 document: its messages, their attributes, and what each subscriber selects. */
export const asyncApiDocument = () => ({
  asyncapi: '3.0.0',
  info: {
    title: 'Post events',
    version: '1.0.0',
    description:
      'Every change of a post, broadcast at least once and in no particular order: gate on `version`. ' +
      'Subscribers select by message attributes.',
    license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
  },
  defaultContentType: 'application/json',
  channels: {
    postEvents: {
      address: 'PostEventsTopic',
      title: 'PostEvents',
      description: 'An SNS topic.',
      messages: { postEvent: { $ref: '#/components/messages/postEvent' } },
    },
  },
  operations: {
    broadcastPostEvents: {
      action: 'send',
      summary: 'The broadcaster publishes what the stream of the posts table tells.',
      channel: { $ref: '#/channels/postEvents' },
      messages: [{ $ref: '#/channels/postEvents/messages/postEvent' }],
    },
    ...Object.fromEntries(
      subscribers().map((subscriber) => [`${subscriber.key}Receives`, receiving(subscriber)]),
    ),
  },
  components: {
    messages: {
      postEvent: {
        name: 'PostEvent',
        title: 'A post changed',
        contentType: 'application/json',
        headers: {
          ...attributesSchema,
          description: 'The SNS message attributes, each of data type String.',
        },
        payload: {
          schemaFormat: 'application/schema+json;version=draft-2020-12',
          schema: { $ref: './post-event.schema.json' },
        },
      },
    },
  },
});
