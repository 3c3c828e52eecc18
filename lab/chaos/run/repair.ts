import { InvokeCommand } from '@aws-sdk/client-lambda';
import { z } from 'zod';
import { readQueues } from '../../../ops/redrive/failures/dead-letter-queues.ts';
import { paceOf } from '../../../ops/redrive/pace.ts';
import { idOf, type Target } from '../../../ops/redrive/target/target.ts';
import { replayTo } from '../../../ops/replay/replay.ts';
import { tableEvents } from '../../../ops/replay/table-events.ts';

const FASTEST = 500;
const MAX_CALLS = 20;
const Progress = z.looseObject({ next: z.unknown().optional() });

const rebuildSearch = async ({ clients }: Target, functionName: string): Promise<void> => {
  let payload: unknown = {};
  for (let calls = 0; calls < MAX_CALLS; calls += 1) {
    const { FunctionError, Payload } = await clients.lambda.send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(payload) }),
    );
    const text = Payload?.transformToString() ?? 'null';
    if (FunctionError) throw new Error(`the rebuild failed: ${text}`);
    const progress = Progress.parse(JSON.parse(text));
    if (!progress.next) return;
    payload = progress;
  }
  throw new Error(`the rebuild is not done after ${MAX_CALLS} calls`);
};

/**
 * What an operator does after a queue lost messages: every post goes to moderation again, which skips what it decided
 * already; then the index is built anew. Every other subscriber is sent all posts again too, which must not do a thing.
 * @param rest resolves when nothing is under way
 */
export const repair = async (operator: Target, rest: () => Promise<unknown>): Promise<void> => {
  const table = await idOf(operator, 'AWS::DynamoDB::Table', 'PostsTable');
  const { subscribers } = await readQueues(operator);
  for (const subscriber of subscribers) {
    const events = tableEvents(operator.clients.dynamoDb, table, 0, Date.now() + 1);
    await replayTo(operator, subscriber, events, paceOf(FASTEST), () => {});
  }
  await rest();
  await rebuildSearch(operator, await idOf(operator, 'AWS::Lambda::Function', 'RebuildSearchLambdaFunction'));
};
