import { DescribeTableCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import type { Clients } from '../../../packages/local-stack/src/clients.ts';
import type { LaunchedStack } from '../../../packages/local-stack/src/launch.ts';
import type { ChangeRecord, Evidence, IndexHint, IndexState, PostImage } from './evidence.ts';
import { recordsOfStream } from './stream.ts';

/** A post as anybody may have written it: a field of another kind is as good as none. */
const Image = z.object({
  postId: z.string(),
  userId: z.string().optional().catch(undefined),
  content: z.string().optional().catch(undefined),
  type: z.string().optional().catch(undefined),
  status: z.string().optional().catch(undefined),
  version: z.number().optional().catch(undefined),
  moderation: z.object({ decision: z.string(), reviewedVersion: z.number() }).optional().catch(undefined),
}) satisfies z.ZodType<PostImage>;

const IndexItem = z.union([
  z.object({
    sk: z.literal('state'),
    postId: z.string(),
    version: z.number(),
    content: z.string(),
    type: z.string(),
    visible: z.boolean(),
    removed: z.boolean(),
    words: z.array(z.string()),
  }),
  z.object({ pk: z.string(), sk: z.string() }),
]);

/** What the partitions of hints begin with. */
const WORD = 'word#';

const Notification = z.object({
  notificationId: z.string(),
  userId: z.string(),
  postId: z.string(),
  version: z.number(),
  kind: z.string(),
});

async function* itemsOf({ dynamoDb }: Clients, TableName: string): AsyncGenerator<unknown> {
  const pages = paginateScan({ client: dynamoDb }, { TableName, ConsistentRead: true });
  for await (const { Items = [] } of pages) for (const item of Items) yield unmarshall(item);
}

const parsedItems = async <Schema extends z.ZodType>(
  clients: Clients,
  tableName: string,
  schema: Schema,
): Promise<z.infer<Schema>[]> => {
  const items: z.infer<Schema>[] = [];
  for await (const item of itemsOf(clients, tableName)) items.push(schema.parse(item));
  return items;
};

/** Every record of the posts table's stream, from its beginning. */
export const changesOf = async (stack: LaunchedStack, clients: Clients): Promise<ChangeRecord[]> => {
  const tableName = stack.refOf('PostsTable');
  const { Table } = await clients.dynamoDb.send(new DescribeTableCommand({ TableName: tableName }));
  const changes: ChangeRecord[] = [];
  for await (const { eventId, before, after } of recordsOfStream(
    clients.streams,
    Table?.LatestStreamArn ?? '',
  )) {
    changes.push({
      eventId,
      before: before && Image.parse(unmarshall(before)),
      after: after && Image.parse(unmarshall(after)),
    });
  }
  return changes;
};

/** What tables and stream hold in the end. */
export const tablesOf = async (
  stack: LaunchedStack,
  clients: Clients,
): Promise<Pick<Evidence, 'changes' | 'posts' | 'index' | 'notifications'>> => {
  const [changes, posts, items, notifications] = await Promise.all([
    changesOf(stack, clients),
    parsedItems(clients, stack.refOf('PostsTable'), Image),
    parsedItems(clients, stack.refOf('SearchIndexTable'), IndexItem),
    parsedItems(clients, stack.refOf('NotificationsTable'), Notification),
  ]);
  const states: IndexState[] = [];
  const hints: IndexHint[] = [];
  for (const item of items) {
    if ('visible' in item) states.push(item);
    else if (item.pk.startsWith(WORD)) {
      const [, postId = ''] = item.sk.split('#');
      hints.push({ postId, word: item.pk.slice(WORD.length) });
    }
  }
  return { changes, posts, index: { states, hints }, notifications };
};
