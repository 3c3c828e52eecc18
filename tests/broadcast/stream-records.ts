import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { PostChange } from '#lib/events/change.ts';

let written = 0;

const sides = (change: PostChange): { before?: object; after?: object } => ({ ...change });

/** The record of a change as Lambda delivers it, with a sequence number of its own. */
export const recordOf = (change: PostChange, correlationId = 'request-1'): DynamoDBRecord => {
  written += 1;
  const { before, after } = sides(change);
  const image = (item: object) => JSON.parse(JSON.stringify(marshall({ ...item, correlationId })));
  return {
    eventID: `event-${written}`,
    eventName: change.eventType,
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    dynamodb: {
      ApproximateCreationDateTime: 1_795_156_200,
      ...(before && { OldImage: image(before) }),
      ...(after && { NewImage: image(after) }),
      SequenceNumber: `${100_000_000_000n + BigInt(written)}`,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  };
};

/** A record whose image is no post: it can never be published. */
export const poisonRecord = (): DynamoDBRecord => {
  written += 1;
  return {
    eventID: `event-${written}`,
    eventName: 'INSERT',
    dynamodb: {
      ApproximateCreationDateTime: 1_795_156_200,
      NewImage: { postId: { S: 'not a ULID' }, status: { S: 'archived' } },
      SequenceNumber: `${100_000_000_000n + BigInt(written)}`,
    },
  };
};
