import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { Post } from './post.ts';
import { VersionConflict } from './post-repository.ts';

/**
 * Handles the rejection of a conditional write: the exception brings the post along as it is now, if the write asked
 * for it.
 * @throws {VersionConflict} or the error, if it is no refused condition
 */
export const asVersionConflict =
  (postId: string) =>
  (error: unknown): never => {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    throw new VersionConflict(postId, error.Item ? Post.parse(unmarshall(error.Item)) : undefined);
  };
