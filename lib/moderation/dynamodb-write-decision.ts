import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { asVersionConflict } from '#lib/posts/dynamodb-version-conflict.ts';
import type { WriteDecision } from './moderate-post.ts';

/** Writes decisions into the posts table. A refused write gets the current item from the exception. */
export const dynamoDbWriteDecision =
  (client: DynamoDBDocumentClient, tableName: string): WriteDecision =>
  async ({ postId, status, moderation, updatedAt, correlationId }, when) => {
    const atReviewedVersion = {
      condition:
        '#version = :reviewed AND (attribute_not_exists(moderation) OR moderation.reviewedVersion <> :decided)',
      values: { ':reviewed': moderation.reviewedVersion, ':decided': moderation.reviewedVersion - 1 },
    };
    const whilePublished = { condition: '#status = :published', values: { ':published': 'published' } };
    const { condition, values } = when === 'at-reviewed-version' ? atReviewedVersion : whilePublished;
    await client
      .send(
        new UpdateCommand({
          TableName: tableName,
          Key: { postId },
          UpdateExpression:
            'SET #status = :status, moderation = :moderation, updatedAt = :updatedAt, #version = #version + :one, correlationId = :correlationId',
          ConditionExpression: condition,
          ExpressionAttributeNames: { '#status': 'status', '#version': 'version' },
          ExpressionAttributeValues: {
            ...values,
            ':status': status,
            ':moderation': moderation,
            ':updatedAt': updatedAt,
            ':one': 1,
            ':correlationId': correlationId,
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      )
      .catch(asVersionConflict(postId));
  };
