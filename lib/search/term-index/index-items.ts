import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { insertAll, MAX_STATEMENTS } from '#lib/platform/aws/dynamodb-statements.ts';
import { together } from '#lib/platform/together.ts';
import type { IndexEntry } from '../search-index.ts';
import { MAX_READS, type WriteRequest, writeAll } from './batch.ts';
import { partitionOf, placeOf, postingsOf, shardOf } from './postings.ts';
import { readStates } from './read-states.ts';
import type { Generation, PostState } from './state.ts';
import { StateItem, stateKey } from './state-items.ts';

/** As many as there are messages in a batch: their postings fill the calls of each other's. */
const POSTS_TOGETHER = 10;

/** What a post's state was when it was looked at; undefined when there was none. */
export type Seen = PostState | undefined;

/** The items of the term index, as its writer needs them. What is asked for side by side is done in few calls. */
export interface IndexItems {
  writePostings(post: IndexEntry, generation: Generation): Promise<unknown>;
  deletePostings(post: Pick<IndexEntry, 'postId' | 'timestamp'>, generation: Generation): Promise<unknown>;
  /** Strongly consistent. */
  readState(postId: string): Promise<Seen>;
  /** @returns false when the state is no longer the one that was seen */
  replaceState(seen: Seen, next: PostState): Promise<boolean>;
  /** Takes the note of replaced postings out of the state that was seen, if it still is that. */
  forgetObsolete(seen: PostState): Promise<void>;
}

/** The items of the term index in its DynamoDB table. */
export const dynamoDbIndexItems = (client: DynamoDBDocumentClient, tableName: string): IndexItems => {
  const write = together<WriteRequest[], 'written'>({
    most: POSTS_TOGETHER,
    all: async (posts) => {
      await writeAll(client, tableName, posts.flat());
      return posts.map(() => 'written');
    },
    alone: async (requests) => {
      await writeAll(client, tableName, requests);
      return 'written';
    },
  });

  const readState = together<string, { state: Seen }>({
    most: MAX_READS,
    all: async (postIds) => {
      const states = await readStates(client, tableName, postIds);
      return postIds.map((postId) => ({ state: states.get(postId) }));
    },
    alone: async (postId) => {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: stateKey(postId), ConsistentRead: true }),
      );
      return { state: Item && StateItem.parse(Item) };
    },
  });

  const putState = async (seen: Seen, next: PostState): Promise<boolean> => {
    try {
      await client.send(
        new PutCommand({ TableName: tableName, Item: stateItem(next), ...unchangedSince(seen) }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  const putFirstState = together<PostState, boolean>({
    most: MAX_STATEMENTS,
    all: (states) => insertAll(client, tableName, states.map(stateItem)),
    alone: (state) => putState(undefined, state),
  });

  return {
    writePostings: ({ postId, userId, type, timestamp }, generation) =>
      write(
        keysOf({ postId, timestamp }, generation).map(({ key, words }) => ({
          PutRequest: { Item: { ...key, postId, userId, type, words, generation: generation.id } },
        })),
      ),

    deletePostings: (post, generation) =>
      write(keysOf(post, generation).map(({ key }) => ({ DeleteRequest: { Key: key } }))),

    readState: async (postId) => (await readState(postId)).state,

    replaceState: (seen, next) => (seen ? putState(seen, next) : putFirstState(next)),

    async forgetObsolete(seen) {
      await client
        .send(
          new UpdateCommand({
            TableName: tableName,
            Key: stateKey(seen.postId),
            UpdateExpression: 'REMOVE obsolete',
            ...unchangedSince(seen),
          }),
        )
        .catch((error: unknown) => {
          // A newer version came in between; it has its own postings to delete, and these are gone.
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        });
    },
  };
};

const stateItem = (state: PostState) => ({ ...stateKey(state.postId), ...state });

const keysOf = (post: Pick<IndexEntry, 'postId' | 'timestamp'>, generation: Generation) =>
  postingsOf(generation.words).map(({ stem, words }) => ({
    key: {
      pk: partitionOf(stem, shardOf(post.postId)),
      sk: `${placeOf(post)}#${generation.id}`,
    },
    words,
  }));

/** The condition that the state still is the one that was seen. */
const unchangedSince = (seen: Seen) => {
  if (!seen) return { ConditionExpression: 'attribute_not_exists(pk)' };
  const generation = seen.generation?.id;
  return {
    ConditionExpression: `#version = :version AND ${
      generation === undefined ? 'attribute_not_exists(generation)' : 'generation.id = :generation'
    }`,
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: {
      ':version': seen.version,
      ...(generation === undefined ? {} : { ':generation': generation }),
    },
  };
};
