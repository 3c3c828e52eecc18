import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { Post } from './post.ts';
import { VersionConflict } from './post-repository.ts';

/** Handles the rejection of a write with `ReturnValuesOnConditionCheckFailure`. @throws {VersionConflict} or the error */
export const asVersionConflict =
  (postId: string) =>
  (error: unknown): never => {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    throw new VersionConflict(postId, error.Item ? Post.parse(unmarshall(error.Item)) : undefined);
  };
