import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import type { SendOutcome, SendToDevice } from './deliver-to-devices.ts';
import type { Device, DeviceRegistry } from './dynamodb-device-registry.ts';
import type { Notification } from './notification.ts';

/** Longer than a message can come again: 4 days in the queue, 14 in the dead-letter queue and 4 after a redrive. */
const REMEMBERED_SECONDS = 30 * 86_400;

interface Message {
  device: Device;
  notification: Notification;
}

/**
 * Sends each notification to each device once, and deletes a device that is gone. A push service has no version to gate
 * on, so an idempotency record has to do. An attempt that ends between the service's answer and the record of it
 * sends twice.
 * @returns the sender, and what has to be called with the context of each invocation: it bounds the lock of an attempt
 */
export const sendOnce = (
  client: DynamoDBClient,
  tableName: string,
  send: SendToDevice,
  devices: Pick<DeviceRegistry, 'remove'>,
): { send: SendToDevice; registerLambdaContext: (context: Context) => void } => {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: '[notification.notificationId, device.deviceId]',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: REMEMBERED_SECONDS,
    hashFunction: 'sha256',
  });
  const sendAndForget = async ({ device, notification }: Message): Promise<SendOutcome> => {
    const outcome = await send(device, notification);
    if (outcome === 'gone') await devices.remove(device.userId, device.deviceId);
    return outcome;
  };
  const once = makeIdempotent(sendAndForget, {
    persistenceStore: new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: client }),
    config,
    keyPrefix: 'push',
  });
  return {
    send: (device, notification) => once({ device, notification }),
    registerLambdaContext: (context) => config.registerLambdaContext(context),
  };
};
