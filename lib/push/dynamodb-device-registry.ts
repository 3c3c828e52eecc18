import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { logger } from '#lib/platform/logger.ts';
import { Post } from '#lib/posts/post.ts';
import { DeviceId, deviceIdOf, PushSubscription } from './push-subscription.ts';

/** Of more devices, the newest are notified. */
const MAX_DEVICES = 20;
/** Browsers renew their subscriptions far more often. */
const KEPT_DAYS = 365;

const Device = z.object({
  deviceId: DeviceId,
  userId: Post.shape.userId,
  subscription: PushSubscription,
  registeredAt: z.iso.datetime(),
});
/** A browser or app that gets a user's notifications. */
export type Device = z.infer<typeof Device>;
export type DeviceRegistry = ReturnType<typeof dynamoDbDeviceRegistry>;

/**
 * Devices in DynamoDB: key `deviceId`, index `UserDevices` by `userId` and `registeredAt`. A device belongs to the user
 * who registered it last, so that nobody gets another user's notifications.
 */
export const dynamoDbDeviceRegistry = (client: DynamoDBDocumentClient, tableName: string) => ({
  /** Registers a device; again with the same endpoint, it changes the owner or the keys. */
  async register(userId: string, subscription: PushSubscription): Promise<Device> {
    const now = Date.now();
    const device: Device = {
      deviceId: deviceIdOf(subscription.endpoint),
      userId,
      subscription,
      registeredAt: new Date(now).toISOString(),
    };
    const expiresAt = Math.ceil(now / 1_000) + KEPT_DAYS * 86_400;
    await client.send(new PutCommand({ TableName: tableName, Item: { ...device, expiresAt } }));
    return device;
  },

  /** @returns false when the user has no such device */
  async remove(userId: string, deviceId: string): Promise<boolean> {
    try {
      await client.send(
        new DeleteCommand({
          TableName: tableName,
          Key: { deviceId },
          ConditionExpression: 'userId = :userId',
          ExpressionAttributeValues: { ':userId': userId },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  },

  /** The newest 20 devices of a user. One that cannot be read is logged and left out. */
  async listOf(userId: string): Promise<Device[]> {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: 'UserDevices',
        KeyConditionExpression: 'userId = :userId',
        ExpressionAttributeValues: { ':userId': userId },
        ScanIndexForward: false,
        Limit: MAX_DEVICES,
      }),
    );
    return Items.flatMap((item) => {
      const { success, data, error } = Device.safeParse(item);
      if (success) return [data];
      logger.error('device left out', { deviceId: item.deviceId, reason: z.prettifyError(error) });
      return [];
    });
  },
});
