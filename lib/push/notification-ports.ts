import * as z from 'zod';
import { createDocumentClient, createDynamoDbClient } from '#lib/platform/aws/dynamodb.ts';
import { secretReader } from '#lib/platform/aws/secrets-manager.ts';
import { requiredText } from '#lib/platform/config.ts';
import { dynamoDbPostRepository } from '#lib/posts/dynamodb-post-repository.ts';
import { deliverToDevices } from './deliver-to-devices.ts';
import { dynamoDbDeviceRegistry } from './dynamodb-device-registry.ts';
import { dynamoDbNotifications } from './dynamodb-notifications.ts';
import { sendOnce } from './send-once.ts';
import { vapidKeysFrom } from './vapid-keys.ts';
import { webPushSender } from './web-push.ts';

export const NotificationConfig = z.object({
  POSTS_TABLE: requiredText,
  NOTIFICATIONS_TABLE: requiredText,
  DEVICES_TABLE: requiredText,
  DELIVERIES_TABLE: requiredText,
  PUSH_SECRET_ARN: requiredText,
  VAPID_SUBJECT: z.url({ protocol: /^(https|mailto)$/ }),
});

/** What notifying authors needs. `registerLambdaContext` has to be called in each invocation. */
export const notificationPorts = (config: z.infer<typeof NotificationConfig>) => {
  const dynamoDb = createDynamoDbClient();
  const documents = createDocumentClient(dynamoDb);
  const readSecret = secretReader(config.PUSH_SECRET_ARN);
  const identify = async () => ({ ...vapidKeysFrom(await readSecret()), subject: config.VAPID_SUBJECT });
  const devices = dynamoDbDeviceRegistry(documents, config.DEVICES_TABLE);
  const { send, registerLambdaContext } = sendOnce(
    dynamoDb,
    config.DELIVERIES_TABLE,
    webPushSender(identify),
    devices,
  );
  return {
    posts: dynamoDbPostRepository(documents, config.POSTS_TABLE),
    record: dynamoDbNotifications(documents, config.NOTIFICATIONS_TABLE),
    deliver: deliverToDevices({ devices, send }),
    registerLambdaContext,
  };
};
