import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { insertAll, MAX_STATEMENTS } from '#lib/platform/aws/dynamodb-statements.ts';
import { together } from '#lib/platform/together.ts';
import type { Notification } from './notification.ts';
import type { RecordNotification } from './notify-author.ts';

/** Notifications are history, not state: they go after a while. */
const KEPT_DAYS = 90;

/**
 * Notifications in DynamoDB, key `userId` and `notificationId`. Those of a batch of messages are recorded in one call.
 * @param now milliseconds of the epoch
 */
export const dynamoDbNotifications = (
  client: DynamoDBDocumentClient,
  tableName: string,
  now: () => number = Date.now,
): RecordNotification => {
  const itemOf = (notification: Notification) => ({
    ...notification,
    expiresAt: Math.ceil(now() / 1_000) + KEPT_DAYS * 86_400,
  });
  return together({
    most: MAX_STATEMENTS,
    all: (notifications) => insertAll(client, tableName, notifications.map(itemOf)),
    alone: async (notification) => {
      try {
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: itemOf(notification),
            ConditionExpression: 'attribute_not_exists(notificationId)',
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  });
};
