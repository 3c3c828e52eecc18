import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { RecordNotification } from './notify-author.ts';

const KEPT_DAYS = 90;

/** Notifications in DynamoDB, key `userId` and `notificationId`. */
export const dynamoDbNotifications =
  (client: DynamoDBDocumentClient, tableName: string): RecordNotification =>
  async (notification) => {
    try {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: { ...notification, expiresAt: Math.ceil(Date.now() / 1_000) + KEPT_DAYS * 86_400 },
          ConditionExpression: 'attribute_not_exists(notificationId)',
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
