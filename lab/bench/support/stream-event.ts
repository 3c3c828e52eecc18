import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { tablePost } from './posts.ts';

/** A batch of new posts as Lambda delivers it, each of a few hundred bytes. */
export const streamEvent = (records: number): DynamoDBStreamEvent => ({
  Records: Array.from({ length: records }, (_, index) => {
    const now = '2026-11-20T09:00:00.000Z';
    const usual = tablePost(index);
    // The same in every run.
    const post = {
      ...usual,
      postId: `01JD4ZQ${`${index}`.padStart(19, '0')}`,
      content: `${usual.content} and what else there is to say`,
      timestamp: now,
      updatedAt: now,
    };
    return {
      eventID: `event-${index}`,
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      dynamodb: {
        ApproximateCreationDateTime: 1_795_156_200,
        Keys: { postId: { S: post.postId } },
        NewImage: JSON.parse(JSON.stringify(marshall(post))),
        SequenceNumber: `${100_000_000_000 + index}`,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    };
  }),
});
