import { type BatchResultErrorEntry, PublishBatchCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { PublishBatch, RejectedMessage } from './broadcast.ts';
import type { Message } from './pack.ts';

const rejectedOf = ({
  Id = '',
  Code,
  Message: words,
  SenderFault,
}: BatchResultErrorEntry): RejectedMessage => ({
  id: Id,
  reason: `${Code ?? 'unknown'}: ${words ?? 'no message'}`,
  // SNS blames the sender for a throttle too.
  permanent: SenderFault === true && !/throttl/i.test(Code ?? ''),
});

const entryOf = ({ id, body, attributes }: Message) => ({
  Id: id,
  Message: body,
  MessageAttributes: Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
  ),
});

/**
 * Publishes to an SNS topic. An answer of 200 may refuse messages; one that it does not mention is refused for now.
 * @see https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
 */
export const snsPublishBatch =
  (client: SNSClient, topicArn: string): PublishBatch =>
  async (batch) => {
    const { Successful = [], Failed = [] } = await client.send(
      new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries: batch.map(entryOf) }),
    );
    const mentioned = new Set([...Successful, ...Failed].map((entry) => entry.Id));
    const unmentioned = batch
      .filter(({ id }) => !mentioned.has(id))
      .map(({ id }) => ({ id, reason: 'the topic did not answer for this message', permanent: false }));
    return [...Failed.map(rejectedOf), ...unmentioned];
  };
