import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { ApplyOptions, IndexEntry, IndexOutcome, SearchIndexWriter } from '../search-index.ts';
import { writeAll } from './batch.ts';
import { partitionOf, placeOf, postingsOf, shardOf } from './postings.ts';
import { type Generation, ownGeneration, type PostState, planFor } from './state.ts';
import { StateItem, stateKey } from './state-items.ts';

/** A post that was written so long ago may have been changed meanwhile. */
const FRESH_MS = 1_000;

/**
 * The write side of the term index in DynamoDB. The order of its writes keeps the index right at every moment:
 *
 * 1. The postings of the new version, under a generation of their own: nobody sees them yet.
 * 2. The post's state, if it is still the one the plan was made for: this shows the new postings and hides the old
 *    ones at once. A lost race starts over with the state as it is now.
 * 3. The old postings are deleted, and the state forgets them.
 *
 * An attempt that ends in between is finished by the redelivery of its message: 1 and 3 can be repeated at will,
 * and postings that a lost race or a broken attempt left behind, which nothing shows, are deleted.
 * @param now milliseconds of the epoch
 */
export const dynamoDbSearchIndexWriter = (
  client: DynamoDBDocumentClient,
  tableName: string,
  now: () => number = Date.now,
): SearchIndexWriter => {
  const keysOf = (post: Pick<IndexEntry, 'postId' | 'timestamp'>, generation: Generation) =>
    postingsOf(generation.words).map(({ stem, words }) => ({
      key: {
        pk: partitionOf(stem, shardOf(post.postId)),
        sk: `${placeOf(post)}#${generation.id}`,
      },
      words,
    }));

  const writePostings = ({ postId, userId, type, timestamp }: IndexEntry, generation: Generation) =>
    writeAll(
      client,
      tableName,
      keysOf({ postId, timestamp }, generation).map(({ key, words }) => ({
        PutRequest: { Item: { ...key, postId, userId, type, words, generation: generation.id } },
      })),
    );

  const deletePostings = (post: Pick<IndexEntry, 'postId' | 'timestamp'>, generation: Generation) =>
    writeAll(
      client,
      tableName,
      keysOf(post, generation).map(({ key }) => ({ DeleteRequest: { Key: key } })),
    );

  const readState = async (postId: string): Promise<PostState | undefined> => {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: stateKey(postId), ConsistentRead: true }),
    );
    return Item && StateItem.parse(Item);
  };

  /** @returns false when the state is no longer the one that was seen */
  const replaceState = async (seen: PostState | undefined, next: PostState): Promise<boolean> => {
    try {
      await client.send(
        new PutCommand({
          TableName: tableName,
          Item: { ...stateKey(next.postId), ...next },
          ...unchangedSince(seen),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  const deleteObsolete = async (state: PostState | undefined): Promise<void> => {
    if (!state?.obsolete) return;
    await deletePostings(state, state.obsolete);
    await client
      .send(
        new UpdateCommand({
          TableName: tableName,
          Key: stateKey(state.postId),
          UpdateExpression: 'REMOVE obsolete',
          ...unchangedSince(state),
        }),
      )
      .catch((error: unknown) => {
        // A newer version came in between; it has its own postings to delete, and these are gone.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      });
  };

  const attempt = async (
    entry: IndexEntry,
    seen: PostState | undefined,
    rebuild: ApplyOptions['rebuild'],
  ): Promise<IndexOutcome> => {
    // Left over from an attempt that did not finish. Deleting first keeps the state from having to remember more
    // than one generation.
    await deleteObsolete(seen);

    const plan = planFor(seen, entry, now(), rebuild);
    const shown = plan.outcome === 'ignored' ? seen?.generation : plan.next.generation;
    if (plan.outcome !== 'ignored') {
      if (plan.written) await writePostings(entry, plan.written);
      if (!(await replaceState(seen, plan.next))) {
        return attempt(entry, await readState(entry.postId), rebuild);
      }
      await deleteObsolete(plan.next);
    }
    const own = ownGeneration(entry, rebuild);
    // An attempt before this one may have written them. Whether there was one cannot be known: a message that an
    // operator sends back from the dead-letter queue counts as received for the first time.
    if (entry.visible && shown?.id !== own.id) await deletePostings(entry, own);
    return plan.outcome;
  };

  return {
    async apply(entry, options = {}) {
      // A new post that was never heard of is the usual case, and needs no reading: should there be a state all
      // the same, the write says so. One that comes late may have been overtaken, and then writes nothing that an
      // attempt which fails half way would leave behind.
      const isFresh = now() - Date.parse(entry.timestamp) < FRESH_MS;
      const unheardOf =
        entry.version === 1 && isFresh && !options.redelivered && options.rebuild === undefined;
      return attempt(entry, unheardOf ? undefined : await readState(entry.postId), options.rebuild);
    },
  };
};

/** The condition that the state still is the one that was seen. */
const unchangedSince = (seen: PostState | undefined) => {
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
