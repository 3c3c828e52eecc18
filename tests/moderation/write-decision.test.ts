import fc from 'fast-check';
import { dynamoDbWriteDecision } from '#lib/moderation/dynamodb-write-decision.ts';
import type { Decision, WriteDecision } from '#lib/moderation/moderate-post.ts';
import type { Post } from '#lib/posts/post.ts';
import { VersionConflict } from '#lib/posts/post-repository.ts';
import { aPost } from '#tests/support/events.ts';
import { observedClient } from '#tests/support/observed-client.ts';
import { storedPosts } from '#tests/support/posts.ts';
import { createTable, startTestDynamoDb, type TestDynamoDb } from '#tests/support/tables.ts';

let dynamoDb: TestDynamoDb;
beforeAll(async () => {
  dynamoDb = await startTestDynamoDb();
});
afterAll(() => dynamoDb.stop());

const NOW = '2026-11-20T12:00:00.000Z';
const decisionOn = ({ postId }: Post, reviewedVersion: number, flagged = false): Decision => ({
  postId,
  status: flagged ? 'flagged' : 'published',
  moderation: {
    ...(flagged
      ? { decision: 'flagged', labels: ['profanity'], scores: { profanity: 0.9 } }
      : { decision: 'approved', labels: [], scores: {} }),
    reviewedVersion,
  },
  updatedAt: NOW,
  correlationId: 'request-1',
});

/** A table with these posts, and what is in it. */
const tableOf = async (posts: readonly Post[]) => {
  const table = await createTable(dynamoDb.client, 'PostsTable');
  const repository = storedPosts(dynamoDb.client, table);
  await Promise.all(posts.map((post) => repository.add(post, 'request-0')));
  return { table, stored: () => Promise.all(posts.map(({ postId }) => repository.find(postId))) };
};

const toldBy = async (write: WriteDecision, decision: Decision): Promise<unknown> =>
  write(decision).then(
    () => 'written',
    (error: unknown) => (error instanceof VersionConflict ? { refusedBy: error.current } : error),
  );

test('the decisions of a batch are written in one call', async () => {
  const posts = Array.from({ length: 10 }, () => aPost());
  const { table, stored } = await tableOf(posts);
  const { client, commands } = observedClient(dynamoDb.client);
  const write = dynamoDbWriteDecision(client, table);
  await Promise.all(posts.map((post, index) => write(decisionOn(post, 1, index === 3))));
  expect(commands).toEqual(['BatchExecuteStatementCommand']);
  expect((await stored()).map((post) => post?.status)).toEqual(
    posts.map((_, index) => (index === 3 ? 'flagged' : 'published')),
  );
});

test('decisions that a table does not take together are written one by one', async () => {
  const posts = [aPost(), aPost()];
  const { table, stored } = await tableOf(posts);
  const { client } = observedClient(dynamoDb.client, (name) => name === 'BatchExecuteStatementCommand');
  const write = dynamoDbWriteDecision(client, table);
  await Promise.all(posts.map((post) => write(decisionOn(post, 1))));
  expect((await stored()).map((post) => post?.version)).toEqual([2, 2]);
});

/** A post at some version, which may be a decision itself, and a decision on that version or another. */
const aCase = fc.record({
  version: fc.integer({ min: 1, max: 3 }),
  decidedOn: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  reviewed: fc.integer({ min: 1, max: 3 }),
  flagged: fc.boolean(),
  isGone: fc.boolean(),
});

test('together or one by one, the same decisions are written, and refused by the same posts', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aCase, { minLength: 2, maxLength: 8 }), async (cases) => {
      const all = cases.map(({ version, decidedOn }) =>
        aPost({
          version,
          ...(decidedOn !== undefined && {
            moderation: { decision: 'approved', labels: [], scores: {}, reviewedVersion: decidedOn },
          }),
        }),
      );
      const posts = all.filter((_, index) => !cases[index]?.isGone);
      const decisions = cases.flatMap(({ reviewed, flagged }, index) => {
        const post = all[index];
        return post ? [decisionOn(post, reviewed, flagged)] : [];
      });
      const together = await tableOf(posts);
      const alone = await tableOf(posts);
      const write = dynamoDbWriteDecision(dynamoDb.client, together.table);
      const told = await Promise.all(decisions.map((decision) => toldBy(write, decision)));
      const writeAlone = dynamoDbWriteDecision(dynamoDb.client, alone.table);
      for (const [index, decision] of decisions.entries())
        expect(told[index]).toEqual(await toldBy(writeAlone, decision));
      expect(await together.stored()).toEqual(await alone.stored());
    }),
    { numRuns: 25 },
  );
});
