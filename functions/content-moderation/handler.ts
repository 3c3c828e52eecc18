import { subscriber } from '#lib/events/subscriber.ts';
import { dynamoDbWriteDecision } from '#lib/moderation/dynamodb-write-decision.ts';
import { moderatePost } from '#lib/moderation/moderate-post.ts';
import { configuredReviewer, ModerationConfig } from '#lib/moderation/reviewer.ts';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';

const config = readConfig(ModerationConfig.extend({ POSTS_TABLE: requiredText }));
const moderate = moderatePost({
  write: dynamoDbWriteDecision(createDocumentClient(), config.POSTS_TABLE),
  review: configuredReviewer(config),
  now: Date.now,
});

/** Reviews each post that became readable or changed while it was, and writes the decision into the post. */
export const handler = subscriber((event) => moderate(event));
