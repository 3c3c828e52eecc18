import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import type { SendOutcome, SendToDevice } from './deliver-to-devices.ts';
import type { Device, DeviceRegistry } from './device-registry.ts';
import type { Notification } from './notification.ts';

/**
 * How long it is remembered which device was reached: longer than a message can come again, 4 days in the queue,
 * 14 in the dead-letter queue and 4 after a redrive.
 */
const REMEMBERED_SECONDS = 30 * 86_400;

/** A sender that remembers. */
export interface SendOnce {
  send: SendToDevice;
  /** Has to be told of each invocation: an attempt that is cut off with it may be made again after its time. */
  registerLambdaContext(context: Context): void;
}

/**
 * Sends each notification to each device once, however often it is asked to; forgets a device that is gone.
 * A push service has no way to take a message twice as one, so this is the place for an idempotency record, not a
 * version gate. Between the push service's answer and the record of it lies the one moment, a few milliseconds,
 * in which an end of the process makes a device hear twice.
 */
export const sendOnce = (
  client: DynamoDBClient,
  tableName: string,
  send: SendToDevice,
  devices: Pick<DeviceRegistry, 'remove'>,
): SendOnce => {
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

interface Message {
  device: Device;
  notification: Notification;
}
