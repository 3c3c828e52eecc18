import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { pythonTool, skipLoudly, ToolUnreachable } from '../scripts/python-tool.ts';
import { deployableCopy, physicalIds } from '../scripts/rehearse/deployment.ts';
import { startEmulator } from '../scripts/rehearse/emulator.ts';
import { type Traces, throughAllSubscribers } from './support/all-subscribers.ts';
import { onFreshStack } from './support/measured-stack.ts';
import { type Row, runAlone } from './support/row.ts';

/** Those of the rehearsal. */
const MINISTACK = ['ministack==1.5.33', 'cryptography==50.0.2'] as const;
const REGION = 'us-east-1';
const POSTS_EMULATED = Number(process.env.POSTS_EMULATED ?? 100);
const POSTS = Number(process.env.POSTS ?? 1_000);
const PATIENCE_SECONDS = 240;
const GOAL = 40;

/** Posts a second, after some that warm up. */
const rateOf = async (traces: Traces, count: number, warmUp: number): Promise<number> => {
  await throughAllSubscribers(traces, warmUp, PATIENCE_SECONDS);
  return count / (await throughAllSubscribers(traces, count, PATIENCE_SECONDS));
};

const emulated = async (commands: string): Promise<number> => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-emulator-'));
  try {
    const emulator = await startEmulator(commands, directory);
    try {
      const service = join(directory, 'service');
      await mkdir(service);
      const copy = await deployableCopy(service, emulator.environment);
      await copy.deploy();
      const client = {
        endpoint: emulator.endpoint,
        region: REGION,
        credentials: { accessKeyId: 'rehearsal', secretAccessKey: 'rehearsal' },
      };
      const ids = await physicalIds(new CloudFormationClient(client));
      const tables = {
        client: new DynamoDBClient(client),
        postsTable: ids.get('PostsTable') ?? '',
        notificationsTable: ids.get('NotificationsTable') ?? '',
        searchTable: ids.get('SearchIndexTable') ?? '',
      };
      return await rateOf(tables, POSTS_EMULATED, Math.ceil(POSTS_EMULATED / 4));
    } catch (error) {
      console.error(`What the emulator said last:\n${await emulator.lastLines(20)}`);
      throw error;
    } finally {
      await emulator.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

const local = (): Promise<number> =>
  onFreshStack('emulator', {}, ({ clients, refOf }) =>
    rateOf(
      {
        client: clients.dynamoDb,
        postsTable: refOf('PostsTable'),
        notificationsTable: refOf('NotificationsTable'),
        searchTable: refOf('SearchIndexTable'),
      },
      POSTS,
      Math.ceil(POSTS / 4),
    ),
  );

/**
 * Posts from their table through all three subscribers, on the local stack and on MiniStack, to which the same
 * service is deployed: the same bundles, run by the same Node.js. The emulator keeps a function's process for the next
 * invocation, as the local stack keeps its thread.
 */
export const emulator = async (): Promise<Row[]> => {
  let commands: string;
  try {
    commands = pythonTool(...MINISTACK);
  } catch (error) {
    if (!(error instanceof ToolUnreachable)) throw error;
    skipLoudly('the local stack was not compared with another emulator', error);
    return [];
  }
  const theirs = await emulated(commands);
  const ours = await local();
  return [
    {
      what: `posts through all three subscribers, local stack, ${POSTS} posts`,
      against: `deployed to MiniStack, ${POSTS_EMULATED} posts: ${theirs.toFixed(1)} posts/s`,
      measured: `${ours.toFixed(0)} posts/s`,
      ratio: `${(ours / theirs).toFixed(1)} times`,
      goal: `≥ ${GOAL}`,
      met: ours / theirs >= GOAL,
    },
  ];
};

if (import.meta.main) await runAlone(emulator);
