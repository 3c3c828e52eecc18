import { createHash } from 'node:crypto';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { AuthoredFields, Post } from './post.ts';
import { PostError } from './post-error.ts';

const KEY_LIFETIME_SECONDS = 24 * 60 * 60;

const KeyItem = z.object({ fields: z.string(), postId: z.string(), timestamp: z.string() });

const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url');

/** The first version of a post. */
export const newPost = (postId: string, userId: string, given: AuthoredFields, now: Date): Post => ({
  postId,
  userId,
  ...given,
  timestamp: now.toISOString(),
  updatedAt: now.toISOString(),
  version: 1,
});

/**
 * Stores the first version of a post.
 * @param key the request's `Idempotency-Key`: requests with the same key and fields store one post
 * @returns the post; with `isReplay`, as an earlier request first stored it, even if it has changed since
 * @throws {PostError} idempotency-key-in-use, idempotency-key-reused
 */
export type CreatePost = (
  post: Post,
  correlationId: string,
  key?: string,
) => Promise<{ post: Post; isReplay: boolean }>;

/**
 * Puts a post and its request's key in one transaction. A repeated request finds the key and writes nothing, so that a
 * post which was removed meanwhile does not come back. The SDK's own retries carry a token that DynamoDB knows.
 * @param tables.keys has the key `id` and expires items by `expiration`
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export const dynamoDbCreatePost =
  (client: DynamoDBDocumentClient, tables: { posts: string; keys: string }): CreatePost =>
  async (post, correlationId, key) => {
    const { postId, userId, timestamp, updatedAt: _, version: __, ...authored } = post;
    const fields = digest(authored);
    const now = Math.floor(Date.parse(timestamp) / 1_000);
    const putPost = {
      Put: {
        TableName: tables.posts,
        Item: { ...post, correlationId },
        ConditionExpression: 'attribute_not_exists(postId)',
      },
    };
    const putKey = {
      Put: {
        TableName: tables.keys,
        Item: {
          id: `create-post#${digest([userId, key])}`,
          ...{ fields, postId, timestamp, expiration: now + KEY_LIFETIME_SECONDS },
        },
        // TTL removes expired items only after days.
        ConditionExpression: 'attribute_not_exists(id) OR expiration < :now',
        ExpressionAttributeValues: { ':now': now },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
      },
    };
    try {
      await client.send(
        new TransactWriteCommand({ TransactItems: key === undefined ? [putPost] : [putPost, putKey] }),
      );
      return { post, isReplay: false };
    } catch (error) {
      const reasons = error instanceof TransactionCanceledException ? error.CancellationReasons : undefined;
      const reason = reasons?.[1];
      // The same request is being processed.
      if (reason?.Code === 'TransactionConflict') throw new PostError('idempotency-key-in-use');
      if (!reason?.Item) throw error;
      const first = KeyItem.parse(unmarshall(reason.Item));
      if (first.fields !== fields) throw new PostError('idempotency-key-reused');
      const { postId, timestamp } = first;
      return { post: { ...post, postId, timestamp, updatedAt: timestamp }, isReplay: true };
    }
  };
