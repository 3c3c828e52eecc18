import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import { systemClock } from '../../../packages/local-stack/src/clock.ts';
import type { TrafficRecord } from './accepted.ts';
import type { PostType, Story } from './story.ts';

const Item = z.looseObject({
  postId: z.string(),
  content: z.string(),
  type: z.string(),
  status: z.enum(['draft', 'published', 'flagged']),
  version: z.number(),
  correlationId: z.string().optional(),
});
type Item = z.infer<typeof Item>;

/** Where the posts are, on the stack that runs now. */
export interface PostsTable {
  client: DynamoDBClient;
  tableName: string;
}

const MAX_ATTEMPTS = 200;

const isConflict = (error: unknown): boolean => error instanceof ConditionalCheckFailedException;

/**
 * Plays a story straight into the table, as another service with rights to it would: every write one version on, under
 * the optimistic lock. Nothing of the project's own code is in between, so that volume costs little.
 * @param table of the stack that runs now; waits for one while there is none
 * @param postId of the new post, a ULID
 */
export const playIntoTable = async (
  story: Story,
  postId: string,
  table: () => Promise<PostsTable>,
  record: TrafficRecord,
): Promise<void> => {
  const { marker, author } = story;

  /** Tries again what got no answer; `work` has to tell its own earlier success from a conflict. */
  const insistently = async <Result>(work: (table: PostsTable) => Promise<Result>): Promise<Result> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work(await table());
      } catch (error) {
        if (isConflict(error) || attempt === MAX_ATTEMPTS) throw error;
        record.retries += 1;
        await systemClock.sleep(Math.min(1_000, 25 * 2 ** Math.min(attempt, 6)));
      }
    }
  };
  const read = () =>
    insistently(async ({ client, tableName }) => {
      const { Item: item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: { postId: { S: postId } }, ConsistentRead: true }),
      );
      return item && Item.parse(unmarshall(item));
    });
  /** @returns whether it is written: the correlation id tells our own write, whose answer was lost, from another's */
  const put = async (item: Item, previous: number | undefined): Promise<boolean> => {
    const correlationId = `${marker}-${item.version}-${item.content.length}-${item.status}`;
    try {
      await insistently(({ client, tableName }) =>
        client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: marshall({ ...item, correlationId }, { removeUndefinedValues: true }),
            ...(previous === undefined
              ? { ConditionExpression: 'attribute_not_exists(postId)' }
              : {
                  ConditionExpression: '#version = :version',
                  ExpressionAttributeNames: { '#version': 'version' },
                  ExpressionAttributeValues: { ':version': { N: `${previous}` } },
                }),
          }),
        ),
      );
      return true;
    } catch (error) {
      if (!isConflict(error)) throw error;
      // A review of our write hands its correlation id on.
      return (await read())?.correlationId === correlationId;
    }
  };
  const accept = ({ version, content, type }: Item) =>
    record.accepted.push({ marker, postId, version, content, type });

  const [first, ...rest] = story.steps;
  if (first?.kind !== 'create') throw new Error(`${marker} does not begin with its creation`);
  const { content, type, status } = first;
  const now = new Date().toISOString();
  const post = { postId, userId: author, content, type, status, timestamp: now, updatedAt: now, version: 1 };
  if (!(await put(post, undefined))) throw new Error(`${postId} is taken`);
  accept(post);
  const intent = { marker, author, postId, removed: false, content, type, status };
  record.intents.push(intent);

  const change = async (wanted: { content?: string; type?: PostType; status?: 'draft' | 'published' }) => {
    for (;;) {
      const current = await read();
      if (!current) throw new Error(`${marker}: ${postId} is gone`);
      if (current.status === 'flagged' && wanted.status) return;
      const isThere = Object.entries(wanted).every(([name, value]) => current[name] === value);
      const next = {
        ...current,
        ...wanted,
        updatedAt: new Date().toISOString(),
        version: current.version + 1,
      };
      if (!isThere && !(await put(next, current.version))) continue;
      if (!isThere) accept(next);
      Object.assign(intent, wanted);
      return;
    }
  };
  const remove = async () => {
    for (;;) {
      const current = await read();
      if (!current) return;
      try {
        await insistently(({ client, tableName }) =>
          client.send(
            new DeleteItemCommand({
              TableName: tableName,
              Key: { postId: { S: postId } },
              ConditionExpression: '#version = :version',
              ExpressionAttributeNames: { '#version': 'version' },
              ExpressionAttributeValues: { ':version': { N: `${current.version}` } },
            }),
          ),
        );
        return;
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
  };
  for (const step of rest) {
    if (step.kind === 'edit') await change({ content: step.content });
    if (step.kind === 'publish') await change({ status: 'published' });
    if (step.kind === 'unpublish') await change({ status: 'draft' });
    if (step.kind === 'remove') {
      await remove();
      intent.removed = true;
      record.accepted.push({ marker, postId, version: undefined, content: undefined, type: undefined });
    }
  }
};
