import { subscriber } from '#lib/events/subscriber.ts';
import { dynamoDbWriteDecision } from '#lib/moderation/dynamodb-write-decision.ts';
import { moderatePost } from '#lib/moderation/moderate-post.ts';
import { ModerationConfig, moderationReviewer } from '#lib/moderation/moderation-engine.ts';
import { createDocumentClient } from '#lib/platform/aws/dynamodb.ts';
import { readConfig, requiredText } from '#lib/platform/config.ts';
import * as z from '#lib/platform/zod.ts';

const config = readConfig(z.extend(ModerationConfig, { POSTS_TABLE: requiredText }));
const moderate = moderatePost({
  write: dynamoDbWriteDecision(createDocumentClient(), config.POSTS_TABLE),
  review: moderationReviewer(config),
  now: Date.now,
});

/** Reviews each post that became readable or changed while it was, and writes the decision into the post. */
export const handler = subscriber((event) => moderate(event));
