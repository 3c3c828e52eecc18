import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { Post } from './post.ts';
import { VersionConflict } from './post-repository.ts';

/**
 * Turns the refusal of a conditional write into a conflict that holds the post as it is now: the exception brings it
 * along, if the write asked for it.
 * @returns a handler of rejections, which throws: {VersionConflict}, or what was no refusal as it is
 */
export const asVersionConflict =
  (postId: string) =>
  (error: unknown): never => {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    throw new VersionConflict(postId, error.Item ? Post.parse(unmarshall(error.Item)) : undefined);
  };
