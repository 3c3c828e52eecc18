import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { dynamoDbPostRepository } from '#lib/posts/dynamodb-post-repository.ts';
import type { Post } from '#lib/posts/post.ts';

/** A posts table as a test sees it: with the repository's reads, and writes that follow no rule. */
export const storedPosts = (client: DynamoDBDocumentClient, tableName: string) => {
  const put = async (item: Record<string, unknown>) => {
    await client.send(new PutCommand({ TableName: tableName, Item: item }));
  };
  return {
    ...dynamoDbPostRepository(client, tableName),
    put,
    /** The whole item, also what the repository does not know. */
    item: async (postId: string) =>
      (await client.send(new GetCommand({ TableName: tableName, Key: { postId } }))).Item,
    add: (post: Post, correlationId: string) => put({ ...post, correlationId }),
    replace: (post: Post, correlationId: string) => put({ ...post, correlationId }),
    remove: async (postId: string, _version?: number) => {
      await client.send(new DeleteCommand({ TableName: tableName, Key: { postId } }));
    },
  };
};
export type StoredPosts = ReturnType<typeof storedPosts>;

/** Stores a post as a test needs it: published and by ada unless it says otherwise. */
export const givenPost = async (
  posts: Pick<StoredPosts, 'add'>,
  given: Partial<Post> = {},
): Promise<Post> => {
  const now = new Date().toISOString();
  const post: Post = {
    postId: ulid(),
    userId: 'ada',
    content: 'Hello',
    type: 'text',
    status: 'published',
    timestamp: now,
    updatedAt: now,
    version: 1,
    ...given,
  };
  await posts.add(post, 'test');
  return post;
};

/** What moderation leaves on a post that it flagged. */
export const flagged = {
  status: 'flagged',
  moderation: { decision: 'flagged', labels: ['PROFANITY'], scores: { PROFANITY: 1 }, reviewedVersion: 1 },
} satisfies Partial<Post>;
