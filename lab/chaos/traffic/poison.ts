import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { systemClock } from '../../../packages/local-stack/src/clock.ts';
import type { TrafficRecord } from './accepted.ts';

/** What is wrong with an item, in turn. */
const DEFECTS = [
  { version: 'one' },
  { content: '' },
  { status: 'gone' },
  { type: 'smell' },
  { timestamp: 'long ago' },
] as const;

const MAX_ATTEMPTS = 100;

/** Where poison goes, on the stack that runs now. */
export interface PoisonTargets {
  dynamoDb: DynamoDBClient;
  sqs: SQSClient;
  postsTable: string;
}

const insistently = async (work: () => Promise<unknown>): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      // Our own earlier success, whose answer was lost.
      if (error instanceof ConditionalCheckFailedException) return;
      if (attempt === MAX_ATTEMPTS) throw error;
      await systemClock.sleep(100);
    }
  }
};

/** Writes an item that breaks the contract past everything that would refuse it. */
export const writePoison = async (
  number: number,
  postId: string,
  targets: () => Promise<PoisonTargets>,
  record: TrafficRecord,
): Promise<void> => {
  const now = new Date().toISOString();
  const post = { userId: 'author-0', content: 'poison', type: 'text', status: 'published', version: 1 };
  const item = { ...post, timestamp: now, updatedAt: now, ...DEFECTS[number % DEFECTS.length], postId };
  record.poison.push(postId);
  await insistently(async () => {
    const { dynamoDb, postsTable } = await targets();
    await dynamoDb.send(
      new PutItemCommand({
        TableName: postsTable,
        Item: marshall(item),
        ConditionExpression: 'attribute_not_exists(postId)',
      }),
    );
  });
};

/** Sends a message that is no event straight into a subscriber's queue. */
export const sendJunk = async (
  number: number,
  queue: { name: string; url: string },
  targets: () => Promise<PoisonTargets>,
  record: TrafficRecord,
): Promise<void> => {
  const body = number % 2 === 0 ? `junk ${number}` : JSON.stringify({ junk: number });
  await insistently(async () => {
    const { sqs } = await targets();
    await sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: body }));
  });
  record.junk.push({ queue: queue.name, body });
};
