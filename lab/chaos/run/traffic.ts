import { systemClock } from '../../../packages/local-stack/src/clock.ts';
import type { Mix } from '../mix.ts';
import { interrupting, type Journal } from '../proxy/journal.ts';
import { share } from '../seeded.ts';
import { newTrafficRecord, type TrafficRecord } from '../traffic/accepted.ts';
import { playThroughApi } from '../traffic/api-author.ts';
import { sendJunk, writePoison } from '../traffic/poison.ts';
import { type Story, storyOf } from '../traffic/story.ts';
import { playIntoTable } from '../traffic/table-author.ts';
import { ulidOf } from '../traffic/ulid.ts';
import type { World } from './world.ts';

export const AUTHORS = 20;
const API_CLIENTS = 24;
const TABLE_WRITERS = 4;
/** Writers wait while the stream is so many records behind: edits shall meet what became of earlier versions. */
const MAX_BEHIND = 400;
const POSTS_OF_KILLS = 500;
/** Poison has ids of its own. */
const POISON_IDS = 1_000_000;

/** What the traffic came to. */
export interface Traffic {
  record: TrafficRecord;
  kills: number;
  /** What clients could not bring to an end. */
  trouble: string[];
}

/** Plays every story of a run, by many clients at once, and kills the stack in between as often as the mix wants. */
export const playTraffic = async (options: {
  world: World;
  seed: number;
  mix: Mix;
  posts: number;
  throughApi: number;
  queues: readonly { name: string; url: string }[];
  journal: Journal;
  maxAttempts: number;
  tell: (line: string) => void;
}): Promise<Traffic> => {
  const { maxAttempts, world, seed, mix, posts, throughApi, queues, journal, tell } = options;
  const record = newTrafficRecord();
  const trouble: string[] = [];
  const postsTable = (await world.stack()).refOf('PostsTable');
  const running = async () => (await world.stack()).running;
  const table = async () => ({ client: (await world.clients()).dynamoDb, tableName: postsTable });
  const targets = async () => ({ ...(await world.clients()), postsTable });
  let started = 0;
  let isOver = false;

  const numbers = Array.from({ length: posts }, (_, index) => index);
  const stories = numbers.map((number) => storyOf({ seed, authors: AUTHORS, throughApi }, number));
  const play = async (story: Story, number: number) => {
    if (story.through === 'api') await playThroughApi(story, running, record, maxAttempts);
    else await playIntoTable(story, ulidOf(seed, number), table, record);
    if (share(seed, 'poison', number) >= (mix.poison ?? 0)) return;
    await writePoison(number, ulidOf(seed, POISON_IDS + number), targets, record);
    const queue = queues[number % queues.length];
    if (queue) await sendJunk(number, queue, targets, record);
  };
  const client = async (waiting: IterableIterator<[number, Story]>) => {
    for (const [number, story] of waiting) {
      while (record.accepted.length - journal.recordsRead > MAX_BEHIND) await systemClock.sleep(20);
      started += 1;
      await play(story, number).catch((error: unknown) => trouble.push(String(error)));
    }
  };
  const clientsOf = (through: Story['through'], count: number) => {
    const waiting = stories
      .entries()
      .filter(([, story]) => story.through === through)
      .toArray()
      .values();
    return Array.from({ length: count }, () => client(waiting));
  };

  const moments = Array.from({ length: Math.ceil(((mix.kills ?? 0) * posts) / POSTS_OF_KILLS) }, (_, index) =>
    Math.floor(posts * (0.1 + 0.8 * share(seed, 'kill', index))),
  ).toSorted((a, b) => a - b);
  let kills = 0;
  const killer = async () => {
    for (const moment of moments) {
      // A stack that is killed before it has done anything loses nothing but receives.
      const handled = journal.handled.size;
      while ((started < moment || journal.handled.size === handled) && !isOver) await systemClock.sleep(5);
      if (isOver) return;
      await interrupting(journal, 'kill', world.killAndStart);
      kills += 1;
      tell(`killed at post ${moment} of ${posts}, runs again`);
    }
  };
  const killing = killer();
  await Promise.all([...clientsOf('api', API_CLIENTS), ...clientsOf('table', TABLE_WRITERS)]);
  isOver = true;
  await killing;
  return { record, kills, trouble };
};
