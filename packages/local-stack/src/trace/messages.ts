import { z } from 'zod';

const Attribute = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});

/** What became of a published message at one subscription. */
const SubscriptionOutcome = z.object({
  subscriptionArn: z.string(),
  /** The ARN of the queue or function. */
  endpoint: z.string(),
  outcome: z.enum(['delivered', 'kept out', 'failed']),
  /** In the queue that got it: the subscription's, or its dead-letter queue. */
  queueMessageId: z.string().optional(),
  /** Of the asynchronous invocation of the function that got it. */
  requestId: z.string().optional(),
  /** JSON; of a message that was kept out. */
  filterPolicy: z.string().optional(),
  filterPolicyScope: z.enum(['MessageAttributes', 'MessageBody']).optional(),
  /** Why the queue or function refused it. */
  error: z.string().optional(),
});
export type SubscriptionOutcome = z.infer<typeof SubscriptionOutcome>;

/** A message that a topic took. Times are Unix milliseconds. */
const PublishedMessage = z.object({
  kind: z.literal('published'),
  topicArn: z.string(),
  messageId: z.string(),
  body: z.string(),
  attributes: z.record(z.string(), Attribute),
  subscriptions: z.array(SubscriptionOutcome),
  at: z.number(),
});
export type PublishedMessage = z.infer<typeof PublishedMessage>;

/** A message that came into a queue, from wherever. */
const ArrivedMessage = z.object({
  kind: z.literal('arrived'),
  queueName: z.string(),
  messageId: z.string(),
  body: z.string(),
  at: z.number(),
});
export type ArrivedMessage = z.infer<typeof ArrivedMessage>;

/** A message that went from one queue to another; a redriven one gets a new id. */
const MovedMessage = z.object({
  kind: z.literal('moved'),
  how: z.enum(['given up', 'redriven', 'discarded']),
  from: z.string(),
  to: z.string().optional(),
  messageId: z.string(),
  newMessageId: z.string().optional(),
  at: z.number(),
});
export type MovedMessage = z.infer<typeof MovedMessage>;

/** What the messaging engine tells of its messages. */
export const MessageEvent = z.discriminatedUnion('kind', [PublishedMessage, ArrivedMessage, MovedMessage]);
export type MessageEvent = z.infer<typeof MessageEvent>;
