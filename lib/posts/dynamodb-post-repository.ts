import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { asVersionConflict } from './dynamodb-version-conflict.ts';
import { Post } from './post.ts';
import type { PostRepository, UserPostsPage } from './post-repository.ts';

const Header = z.object({
  userId: z.string().catch(''),
  status: z.string().catch(''),
  version: z.number().catch(Number.NaN),
});
/** A page may end at an item that is no post. */
export const UserPostsKey = z.object({ postId: z.string(), userId: z.string(), timestamp: z.string() });

/**
 * Posts in DynamoDB: key `postId`, index `UserPosts` by `userId` and `timestamp`.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
 */
export const dynamoDbPostRepository = (client: DynamoDBDocumentClient, tableName: string): PostRepository => {
  const get = async (postId: string) =>
    (await client.send(new GetCommand({ TableName: tableName, Key: { postId }, ConsistentRead: true }))).Item;

  return {
    async find(postId) {
      const item = await get(postId);
      return item && Post.parse(item);
    },

    async findHeader(postId) {
      const item = await get(postId);
      return item && Header.parse(item);
    },

    async update(postId, version, changes, correlationId) {
      const fields = Object.entries({ ...changes, version: version + 1, correlationId });
      const values = fields.map(([name, value]) => [`:${name}`, value]);
      await client
        .send(
          new UpdateCommand({
            TableName: tableName,
            Key: { postId },
            UpdateExpression: `SET ${fields.map(([name]) => `#${name} = :${name}`).join(', ')}`,
            ConditionExpression: '#version = :expected',
            ExpressionAttributeNames: Object.fromEntries(fields.map(([name]) => [`#${name}`, name])),
            ExpressionAttributeValues: { ...Object.fromEntries(values), ':expected': version },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        )
        .catch(asVersionConflict(postId));
    },

    async remove(postId, author, version) {
      const isAny = version === undefined;
      try {
        await client.send(
          new DeleteCommand({
            TableName: tableName,
            Key: { postId },
            ConditionExpression: isAny ? 'userId = :author' : 'userId = :author AND #version = :version',
            ...(!isAny && { ExpressionAttributeNames: { '#version': 'version' } }),
            ExpressionAttributeValues: { ':author': author, ...(!isAny && { ':version': version }) },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return error.Item === undefined;
      }
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
      const next = LastEvaluatedKey && UserPostsKey.parse(LastEvaluatedKey);
      const page: UserPostsPage = { items: [], unreadable: [], next };
      for (const item of Items) {
        const { success, data, error } = Post.safeParse(item);
        if (success) page.items.push(data);
        else page.unreadable.push({ postId: String(item.postId), reason: z.prettifyError(error) });
      }
      return page;
    },
  };
};
