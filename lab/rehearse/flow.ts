import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { until } from '../../tests/support/until.ts';

const PATIENCE_MS = 30_000;

const Post = z.object({ postId: z.string(), userId: z.string() });
const Page = z.object({ items: z.array(z.object({ postId: z.string() })) });

/** The deployed API as a user sees it. */
export const apiClient = (apiUrl: string, token?: string) => {
  const call = async (method: string, path: string, body?: object) =>
    fetch(`${apiUrl}${path}`, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  return {
    async create(content: string, status: 'draft' | 'published') {
      const response = await call('POST', '/posts', { content, type: 'text', status });
      if (response.status !== 201) {
        throw new Error(`POST /posts answers ${response.status}: ${await response.text()}`);
      }
      return Post.parse(await response.json());
    },
    statusOf: async (method: string, path: string) => (await call(method, path)).status,
    async found(word: string): Promise<string[]> {
      const response = await call('GET', `/posts/search?q=${word}`);
      if (response.status !== 200) throw new Error(`GET /posts/search answers ${response.status}`);
      return Page.parse(await response.json()).items.map(({ postId }) => postId);
    },
  };
};
export type ApiClient = ReturnType<typeof apiClient>;

/** Waits until search finds a post, which is after table, stream, broadcaster, topic, queue and subscriber. */
export const isFound = (api: ApiClient, word: string, postId: string): Promise<void> =>
  until(`search finds "${word}"`, PATIENCE_MS, async () => (await api.found(word)).includes(postId));

/** The posts that an author was told of. */
export const toldOf = async (client: DynamoDBClient, table: string, userId: string): Promise<string[]> => {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'userId = :user',
      ExpressionAttributeValues: { ':user': { S: userId } },
    }),
  );
  return Items.map(({ postId }) => postId?.S ?? '');
};

const messagesIn = async (client: SQSClient, queueUrl: string): Promise<number> => {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
};

/**
 * Sends one good and one unreadable message to a subscriber's queue: the good one is done and gone, the other stays.
 */
export const partialFailure = async (client: SQSClient, queueUrl: string, event: object): Promise<void> => {
  const { Failed = [] } = await client.send(
    new SendMessageBatchCommand({
      QueueUrl: queueUrl,
      Entries: [
        { Id: 'unreadable', MessageBody: 'not an event' },
        { Id: 'good', MessageBody: JSON.stringify(event) },
      ],
    }),
  );
  if (Failed.length > 0) throw new Error('the queue did not take the messages');
};

/** Waits until one message, visible or not, is left in a queue and its dead-letter queue together. */
export const oneIsLeft = (client: SQSClient, queueUrls: readonly string[]): Promise<void> =>
  until('one message is left', PATIENCE_MS, async () => {
    const counts = await Promise.all(queueUrls.map((url) => messagesIn(client, url)));
    return counts.reduce((sum, count) => sum + count, 0) === 1;
  });
