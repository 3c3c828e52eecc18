import { z } from 'zod';
import { subscriber } from '#lib/events/subscriber.ts';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import { dynamoDbPostRepository } from '#lib/posts/dynamodb-post-repository.ts';
import { dynamoDbNotifications } from '#lib/push/dynamodb-notifications.ts';
import { notifyAuthor } from '#lib/push/notify-author.ts';

const config = readConfig(z.object({ POSTS_TABLE: requiredText, NOTIFICATIONS_TABLE: requiredText }));
const client = createDocumentClient();
const notify = notifyAuthor({
  posts: dynamoDbPostRepository(client, config.POSTS_TABLE),
  record: dynamoDbNotifications(client, config.NOTIFICATIONS_TABLE),
  // No devices are registered yet.
  deliver: async () => {},
});

/** Tells authors that their posts are published or were taken down. */
export const handler = subscriber(async (event, { log }) => {
  const outcome = await notify(event);
  log.info(outcome);
});
