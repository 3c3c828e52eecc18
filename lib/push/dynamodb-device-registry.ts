import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { logger } from '#lib/platform/logger.ts';
import { Post } from '#lib/posts/post.ts';
import { type Device, type DeviceRegistry, UnknownPushService } from './device-registry.ts';
import { DeviceId, deviceIdOf, isEndpointOf, PUSH_SERVICES, PushSubscription } from './push-subscription.ts';

/** How many devices of a user are told; of more, the newest are. */
const MAX_DEVICES = 20;
/** A device that was not registered again for this long is forgotten. Browsers renew subscriptions far more often. */
const KEPT_DAYS = 365;

const DeviceItem = z.object({
  deviceId: DeviceId,
  userId: Post.shape.userId,
  subscription: PushSubscription,
  registeredAt: z.iso.datetime(),
}) satisfies z.ZodType<Device>;

/**
 * Devices in DynamoDB: key `deviceId`, index `UserDevices` by `userId` and `registeredAt`.
 * @param options.services origins that endpoints may have
 * @param options.now milliseconds of the epoch
 */
export const dynamoDbDeviceRegistry = (
  client: DynamoDBDocumentClient,
  tableName: string,
  { services = PUSH_SERVICES, now = Date.now }: { services?: readonly string[]; now?: () => number } = {},
): DeviceRegistry => ({
  async register(userId, subscription) {
    const { endpoint } = subscription;
    if (!isEndpointOf(services, endpoint)) throw new UnknownPushService(endpoint);
    const registered = now();
    const device: Device = {
      deviceId: deviceIdOf(endpoint),
      userId,
      subscription,
      registeredAt: new Date(registered).toISOString(),
    };
    await client.send(
      new PutCommand({
        TableName: tableName,
        Item: { ...device, expiresAt: Math.ceil(registered / 1_000) + KEPT_DAYS * 86_400 },
      }),
    );
    return device;
  },

  async remove(userId, deviceId) {
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

  async listOf(userId) {
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
      const device = DeviceItem.safeParse(item);
      if (device.success) return [device.data];
      // One that cannot be read keeps none of the others from their messages.
      logger.error('device left out', { deviceId: item.deviceId, reason: z.prettifyError(device.error) });
      return [];
    });
  },
});
