import {
  DeleteMessageCommand,
  type Message,
  type MessageAttributeValue,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { DeadLetterQueue, Queue } from '../failures/dead-letter-queues.ts';
import { type MessageFailure, receiveAll, release, SNS_ATTRIBUTES } from '../failures/queue-messages.ts';
import type { Target } from '../target/target.ts';
import { historyOf, noteOutcome } from './outcome.ts';
import type { Sending } from './send-records.ts';

const isOfSns = (name: string): boolean => SNS_ATTRIBUTES.some((known) => known === name);

/** The attributes that the message was published with. */
const ownAttributes = ({ MessageAttributes = {} }: Message): Record<string, MessageAttributeValue> =>
  Object.fromEntries(
    Object.entries(MessageAttributes)
      .filter(([name]) => !isOfSns(name))
      .map(([name, { DataType, StringValue, BinaryValue }]) => [
        name,
        { DataType, StringValue, BinaryValue },
      ]),
  );

const passOn = async (
  { clients: { sqs } }: Target,
  from: Queue,
  to: Queue,
  message: Message,
): Promise<void> => {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: to.url,
      MessageBody: message.Body,
      MessageAttributes: ownAttributes(message),
    }),
  );
  // Only now: if interrupted in between, the message exists twice, and the idempotent subscriber handles it once.
  await sqs.send(new DeleteMessageCommand({ QueueUrl: from.url, ReceiptHandle: message.ReceiptHandle }));
};

/**
 * Sends messages of a dead-letter queue to where they belong, one by one: receive, send with the same body and
 * attributes, delete. Messages that are not among `failures` stay, and each of those is sent once: the subscriber that
 * still cannot handle it gives it up again while this runs.
 * @param onSent called after each one
 */
export const sendMessages = async (
  { target, histories, pace }: Sending,
  queue: DeadLetterQueue,
  failures: readonly MessageFailure[],
  onSent: () => void,
): Promise<void> => {
  const wanted = new Map(failures.map((failure) => [failure.message.MessageId, failure]));
  const others: Message[] = [];
  try {
    for await (const page of receiveAll(target, queue)) {
      for (const [index, message] of page.entries()) {
        const failure = wanted.get(message.MessageId);
        if (!failure) {
          others.push(message);
          continue;
        }
        try {
          await histories.write(failure.id, historyOf(failure));
          await pace(1);
          await passOn(target, queue, queue.goesTo, message);
        } catch (error) {
          others.push(...page.slice(index));
          throw error;
        }
        wanted.delete(message.MessageId);
        await noteOutcome(histories, failure, `sent to ${queue.goesTo.id}`);
        onSent();
      }
      if (wanted.size === 0) return;
    }
  } finally {
    await release(target.clients.sqs, queue, others);
  }
};
