import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { pythonTool, skipLoudly, ToolUnreachable } from '../../scripts/python-tool.ts';
import { deployableCopy, physicalIds } from '../rehearse/deployment.ts';
import { startEmulator } from '../rehearse/emulator.ts';
import { type Traces, throughAllSubscribers } from './support/all-subscribers.ts';
import { onFreshStack } from './support/measured-stack.ts';
import { type Row, runAlone } from './support/row.ts';
import { median } from './support/statistics.ts';

/** Those of the rehearsal. */
const MINISTACK = ['ministack==1.5.33', 'cryptography==50.0.2'] as const;
const REGION = 'us-east-1';
const POSTS = Number(process.env.POSTS ?? 1_000);
const WARM_UP = 250;
/** One after the other, each through all subscribers before the next. */
const ALONE = Number(process.env.ALONE ?? 20);
const PATIENCE_SECONDS = 240;
const GOAL = 1.3;

interface Pace {
  postsPerSecond: number;
  /** Of a post that is alone in the stack: milliseconds until the last of its subscribers is done. */
  alone: number;
}

const paceOf = async (traces: Traces): Promise<Pace> => {
  await throughAllSubscribers(traces, WARM_UP, PATIENCE_SECONDS);
  const seconds = await throughAllSubscribers(traces, POSTS, PATIENCE_SECONDS);
  const alone: number[] = [];
  for (let post = 0; post < ALONE; post += 1) {
    alone.push((await throughAllSubscribers(traces, 1, PATIENCE_SECONDS)) * 1_000);
  }
  return { postsPerSecond: POSTS / seconds, alone: median(alone) };
};

const emulated = async (commands: string): Promise<Pace> => {
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
      return await paceOf(tables);
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

const local = (): Promise<Pace> =>
  onFreshStack('emulator', {}, ({ clients, refOf }) =>
    paceOf({
      client: clients.dynamoDb,
      postsTable: refOf('PostsTable'),
      notificationsTable: refOf('NotificationsTable'),
      searchTable: refOf('SearchIndexTable'),
    }),
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
  const faster = ours.postsPerSecond / theirs.postsPerSecond;
  return [
    {
      what: `posts through all three subscribers, local stack, ${POSTS} at once`,
      against: `deployed to MiniStack: ${theirs.postsPerSecond.toFixed(0)} posts/s`,
      measured: `${ours.postsPerSecond.toFixed(0)} posts/s`,
      ratio: `${faster.toFixed(1)} times`,
      goal: `≥ ${GOAL}`,
      met: faster >= GOAL,
    },
    {
      what: 'the same, one at a time',
      against: `deployed to MiniStack: ${theirs.alone.toFixed(0)} ms`,
      measured: `${ours.alone.toFixed(0)} ms`,
      ratio: `${(theirs.alone / ours.alone).toFixed(1)} times`,
      goal: '',
      met: undefined,
    },
  ];
};

if (import.meta.main) await runAlone(emulator);
