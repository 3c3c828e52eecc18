import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { readAll } from './batch.ts';
import type { PostState } from './state.ts';
import { StateItem, stateKey } from './state-items.ts';

/** The states of these posts by their ids, strongly consistent; ids may come twice, and posts without a state are left out. */
export const readStates = async (
  client: DynamoDBDocumentClient,
  tableName: string,
  postIds: readonly string[],
): Promise<Map<string, PostState>> => {
  const items = await readAll(client, tableName, [...new Set(postIds)].map(stateKey));
  return new Map(items.map((item) => StateItem.parse(item)).map((state) => [state.postId, state]));
};
