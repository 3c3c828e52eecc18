import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { ulid } from 'ulid';

const WORDS = 'harbour sunrise compiler umbrella lantern tide meadow violin granite orchard'.split(' ');

/** A published post as its table holds it. */
export const tablePost = (index: number) => {
  const now = new Date().toISOString();
  return {
    postId: ulid(),
    userId: `user-${index % 50}`,
    content: `${WORDS[index % 10]} ${WORDS[(index * 7 + 3) % 10]} number ${index}`,
    type: 'text',
    status: 'published',
    timestamp: now,
    updatedAt: now,
    version: 1,
    correlationId: `bench-${index}`,
  };
};
export type TablePost = ReturnType<typeof tablePost>;

/** Writes posts into their table, 25 in a call, one call after the other. @throws when the table is too slow */
export const writePosts = async (
  client: DynamoDBClient,
  table: string,
  posts: readonly TablePost[],
): Promise<void> => {
  for (let start = 0; start < posts.length; start += 25) {
    const { UnprocessedItems = {} } = await client.send(
      new BatchWriteItemCommand({
        RequestItems: {
          [table]: posts.slice(start, start + 25).map((post) => ({ PutRequest: { Item: marshall(post) } })),
        },
      }),
    );
    if (Object.keys(UnprocessedItems).length > 0) throw new Error('the table did not take all posts');
  }
};
