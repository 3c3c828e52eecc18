import {
  ChangeMessageVisibilityBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { PostEvent } from '#lib/events/post-event.ts';
import type { FailureLog } from '../target/failure-log.ts';
import type { Target } from '../target/target.ts';
import type { DeadLetterQueue, Queue } from './dead-letter-queues.ts';
import { type Failure, failureId } from './failure.ts';

/** A message in a dead-letter queue. */
export interface MessageFailure extends Failure {
  source: 'queue' | 'subscription';
  /** False when it is no event of the contract: its subscriber will give it up again. */
  isReadable: boolean;
  message: Message;
}

/**
 * How long a message that was looked at stays hidden from others, in seconds: long enough to work a page off, and
 * the longest that an interrupted run leaves it hidden.
 */
export const LOOK_SECONDS = 120;
const PAGE = 10;

/** The id of a message's failure: its content, since a redrive gives it another message id. */
const messageFailureId = (queue: Queue, { Body = '' }: Message): string => failureId(queue.id, Body);

/**
 * Receives page after page until a page has nothing new. What the caller does not delete is hidden for
 * LOOK_SECONDS, unless it is released.
 */
export async function* receiveAll(
  { clients: { sqs }, receiveWaitSeconds }: Target,
  queue: Queue,
): AsyncGenerator<Message[]> {
  const seen = new Set<string>();
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queue.url,
        MaxNumberOfMessages: PAGE,
        VisibilityTimeout: LOOK_SECONDS,
        WaitTimeSeconds: receiveWaitSeconds,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    const fresh = Messages.filter(({ MessageId = '' }) => !seen.has(MessageId));
    if (fresh.length === 0) return await release(sqs, queue, Messages);
    for (const { MessageId = '' } of fresh) seen.add(MessageId);
    yield fresh;
  }
}

/** Lets others see messages again. */
export const release = async (sqs: SQSClient, queue: Queue, messages: readonly Message[]): Promise<void> => {
  for (let at = 0; at < messages.length; at += PAGE) {
    await sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: queue.url,
        Entries: messages.slice(at, at + PAGE).map(({ ReceiptHandle }, index) => ({
          Id: `${index}`,
          ReceiptHandle,
          VisibilityTimeout: 0,
        })),
      }),
    );
  }
};

const parsedBody = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

const Identity = z.object({ eventId: z.string(), occurredAt: z.iso.datetime() });

/** SNS writes why it gave up into attributes of the message that it puts into a subscription's dead-letter queue. */
export const SNS_ATTRIBUTES = ['RequestID', 'ErrorCode', 'ErrorMessage'] as const;

const undeliveredReason = ({ MessageAttributes = {} }: Message): string => {
  const { ErrorCode, ErrorMessage } = MessageAttributes;
  const said = [ErrorCode?.StringValue, ErrorMessage?.StringValue].filter(Boolean).join(': ');
  return said || 'SNS could not deliver it and gave no reason';
};

const unlogged = (body: unknown, error: z.ZodError | undefined): string =>
  error === undefined
    ? 'unknown: the log does not mention it. The function timed out or crashed, or the log has expired'
    : `unreadable: ${body === undefined ? 'the body is not JSON' : z.prettifyError(error)}`;

const failureOf = (queue: DeadLetterQueue, message: Message, log: FailureLog): MessageFailure => {
  const body = parsedBody(message.Body ?? '');
  const { error } = PostEvent.safeParse(body);
  const identity = Identity.safeParse(body).data;
  const logged = log.get(message.MessageId ?? '') ?? log.get(identity?.eventId ?? '');
  const sent = new Date(Number(message.Attributes?.SentTimestamp ?? Date.now())).toISOString();
  return {
    id: messageFailureId(queue, message),
    source: queue.source,
    place: queue.id,
    isReadable: error === undefined,
    reason:
      queue.source === 'subscription'
        ? undeliveredReason(message)
        : (logged?.reason ?? unlogged(body, error)),
    since: logged?.first ?? identity?.occurredAt ?? sent,
    last: logged?.last ?? sent,
    attempts: queue.maxReceiveCount,
    records: 1,
    history: undefined,
    message,
  };
};

/** The messages of a dead-letter queue that can be received, each with why it is there. They stay where they are. */
export const listMessages = async (target: Target, queue: DeadLetterQueue): Promise<MessageFailure[]> => {
  const messages: Message[] = [];
  try {
    for await (const page of receiveAll(target, queue)) messages.push(...page);
  } finally {
    await release(target.clients.sqs, queue, messages);
  }
  const oldest = Math.min(
    Date.now(),
    ...messages.map(({ Attributes }) => Number(Attributes?.SentTimestamp ?? Date.now())),
  );
  const log: FailureLog =
    queue.source === 'queue' ? await target.readFailureLog(queue.subscriber, new Date(oldest)) : new Map();
  return messages.map((message) => failureOf(queue, message, log));
};
