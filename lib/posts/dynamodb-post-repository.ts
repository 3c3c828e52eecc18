import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import { asVersionConflict } from './dynamodb-version-conflict.ts';
import { Post } from './post.ts';
import type { PostRepository, UserPostsPosition } from './post-repository.ts';

/**
 * Posts in DynamoDB: key `postId`, index `UserPosts` by `userId` and `timestamp`. A refused write learns the
 * item that refused it from the exception itself, without a second read.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
 */
export const dynamoDbPostRepository = (
  client: DynamoDBDocumentClient,
  tableName: string,
): PostRepository => ({
  async find(postId) {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: { postId }, ConsistentRead: true }),
    );
    return Item && Post.parse(Item);
  },

  async add(post, correlationId) {
    await client
      .send(
        new PutCommand({
          TableName: tableName,
          Item: { ...post, correlationId },
          ConditionExpression: 'attribute_not_exists(postId)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      )
      .catch(asVersionConflict(post.postId));
  },

  async replace(post, correlationId) {
    await client
      .send(
        new PutCommand({
          TableName: tableName,
          Item: { ...post, correlationId },
          ConditionExpression: '#version = :expected',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':expected': post.version - 1 },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      )
      .catch(asVersionConflict(post.postId));
  },

  async remove(postId, version) {
    await client
      .send(
        new DeleteCommand({
          TableName: tableName,
          Key: { postId },
          ConditionExpression: '#version = :expected',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':expected': version },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      )
      .catch(asVersionConflict(postId));
  },

  async listByUser(userId, limit, after) {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: 'UserPosts',
        KeyConditionExpression: 'userId = :userId',
        ExpressionAttributeValues: { ':userId': userId },
        ScanIndexForward: false,
        Limit: limit,
        ExclusiveStartKey: after,
      }),
    );
    return {
      items: Items.map((item) => Post.parse(item)),
      next: LastEvaluatedKey && positionOf(LastEvaluatedKey),
    };
  },
});

const positionOf = (key: Record<string, unknown>): UserPostsPosition => ({
  postId: String(key.postId),
  userId: String(key.userId),
  timestamp: String(key.timestamp),
});
