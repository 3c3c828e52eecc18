import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { MAX_STATEMENTS, runStatements, type Statement } from '#lib/platform/aws/dynamodb-statements.ts';
import { together } from '#lib/platform/together.ts';
import { asVersionConflict } from '#lib/posts/dynamodb-version-conflict.ts';
import type { Decision, WriteDecision } from './moderate-post.ts';

/**
 * Writes decisions into the posts table, those of a batch of messages in one call. A refused one learns the post that
 * refused it from the exception itself, without a read.
 */
export const dynamoDbWriteDecision = (client: DynamoDBDocumentClient, tableName: string): WriteDecision =>
  together({
    most: MAX_STATEMENTS,
    all: async (decisions) => {
      const statements = decisions.map((decision) => statementOf(tableName, decision));
      // Who refuses a decision, and so why, only the ordinary call tells.
      return (await runStatements(client, statements)).map((outcome) => outcome === 'done' || undefined);
    },
    alone: async ({ postId, status, moderation, updatedAt, correlationId }) => {
      await client
        .send(
          new UpdateCommand({
            TableName: tableName,
            Key: { postId },
            UpdateExpression:
              'SET #status = :status, moderation = :moderation, updatedAt = :updatedAt, #version = :next, correlationId = :correlationId',
            ConditionExpression:
              '#version = :reviewed AND (attribute_not_exists(moderation) OR moderation.reviewedVersion <> :decided)',
            ExpressionAttributeNames: { '#status': 'status', '#version': 'version' },
            ExpressionAttributeValues: {
              ':status': status,
              ':moderation': moderation,
              ':updatedAt': updatedAt,
              ':correlationId': correlationId,
              ':reviewed': moderation.reviewedVersion,
              ':next': moderation.reviewedVersion + 1,
              ':decided': moderation.reviewedVersion - 1,
            },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        )
        .catch(asVersionConflict(postId));
      return true;
    },
  });

/** The same update under the same condition. */
const statementOf = (
  tableName: string,
  { postId, status, moderation, updatedAt, correlationId }: Decision,
): Statement => ({
  text:
    `UPDATE "${tableName}" ` +
    'SET "status" = ?, moderation = ?, updatedAt = ?, "version" = ?, correlationId = ? ' +
    'WHERE postId = ? AND "version" = ? AND (moderation IS MISSING OR moderation.reviewedVersion <> ?)',
  parameters: [
    ...[status, moderation, updatedAt, moderation.reviewedVersion + 1, correlationId],
    ...[postId, moderation.reviewedVersion, moderation.reviewedVersion - 1],
  ],
});
