import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { subscriber } from '#lib/events/subscriber.ts';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { dynamoDbPostRepository } from '#lib/posts/dynamodb-post-repository.ts';
import { deliverToDevices } from '#lib/push/deliver-to-devices.ts';
import { dynamoDbDeviceRegistry } from '#lib/push/dynamodb-device-registry.ts';
import { dynamoDbNotifications } from '#lib/push/dynamodb-notifications.ts';
import { notifyAuthor } from '#lib/push/notify-author.ts';
import { sendOnce } from '#lib/push/send-once.ts';
import { vapidKeysFrom } from '#lib/push/vapid-keys.ts';
import { webPushSender } from '#lib/push/web-push.ts';

const config = readConfig(
  z.object({
    POSTS_TABLE: requiredText,
    NOTIFICATIONS_TABLE: requiredText,
    DEVICES_TABLE: requiredText,
    DELIVERIES_TABLE: requiredText,
    PUSH_SECRET: z.string().min(32),
    VAPID_SUBJECT: z.url({ protocol: /^(https|mailto)$/ }),
  }),
);
const connections = new DynamoDBClient({});
const client = createDocumentClient(connections);
const devices = dynamoDbDeviceRegistry(client, config.DEVICES_TABLE);
const webPush = webPushSender({ ...vapidKeysFrom(config.PUSH_SECRET), subject: config.VAPID_SUBJECT });
const { send, registerLambdaContext } = sendOnce(connections, config.DELIVERIES_TABLE, webPush, devices);
const notify = notifyAuthor({
  posts: dynamoDbPostRepository(client, config.POSTS_TABLE),
  record: dynamoDbNotifications(client, config.NOTIFICATIONS_TABLE),
  deliver: deliverToDevices({ devices, send }),
});

/** Tells authors, on all their devices, that their posts are published or were taken down. */
export const handler = subscriber(async (event, { log, context }) => {
  registerLambdaContext(context);
  const { outcome, ...details } = await notify(event);
  log.info(outcome, details);
});
