import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import { systemClock } from '#local/clock.ts';
import { forgetData } from '#local/launch.ts';
import { collect } from '../scripts/redrive/failures/collect.ts';
import { readQueues } from '../scripts/redrive/failures/dead-letter-queues.ts';
import { send } from '../scripts/redrive/sending/send.ts';
import { localTarget } from '../scripts/redrive/target/local-target.ts';
import { startBorder } from './border/border.ts';
import { check, type Verdict } from './checker/check.ts';
import { tablesOf } from './evidence/collect.ts';
import type { Evidence } from './evidence/evidence.ts';
import { waitingOf } from './evidence/waiting.ts';
import { MIXES, type MixName } from './mix.ts';
import { type PushBehaviour, startPushEndpoint } from './push-endpoint.ts';
import { share, weighted } from './seeded.ts';
import { newTrafficRecord } from './traffic/accepted.ts';
import { playThroughApi } from './traffic/api-author.ts';
import { storyOf } from './traffic/story.ts';
import { playIntoTable } from './traffic/table-author.ts';
import { ulidOf } from './traffic/ulid.ts';
import { startWorld, type World } from './world.ts';

/** What a run is made of. The same seed writes the same posts and decides faults alike, as far as concurrency lets it. */
export interface ChaosOptions {
  /** The service: this one, or a copy of it, for example with a guard taken out. */
  serviceDirectory: string;
  seed: number;
  mix: MixName;
  /** How many posts are written; each makes about two changes. */
  posts: number;
  /** Share of the posts that are written through the HTTP API, the others straight into the table. Default 0.3. */
  throughApi?: number;
  /** The functions' longest timeout. Default 5 s. */
  mostSeconds?: number;
  /** How long the run may take to come to rest after the faults. Default 120 s. */
  restWithinSeconds?: number;
  /** Progress, for people. */
  tell?: (line: string) => void;
}

/** What a run came to. */
export interface Report extends Verdict {
  seed: number;
  mix: MixName;
  posts: number;
  /** Changes of the posts table, those of moderation among them. */
  changes: number;
  /** Changes that the service accepted from clients. */
  accepted: number;
  /** Requests that clients made again. */
  retries: number;
  faults: Record<string, number>;
  kills: number;
  /** What waited for an operator when the stack had come to rest, and after the redrive. */
  waiting: { parked: number; givenUp: number; deadLetters: number; afterRedrive: number };
  seconds: {
    traffic: number;
    /** From the end of the faults until nothing was under way any more. */
    recovery: number;
    total: number;
  };
  /** Undefined when the run could not come to its end; then there is no verdict either, and `failure` says why. */
  failure: string | undefined;
}

const AUTHORS = 20;
const API_CLIENTS = 8;
const TABLE_WRITERS = 4;
/** Writers wait while the stream is so many records behind. */
const MOST_BEHIND = 400;
const POISON_KINDS = [
  { version: 'one' },
  { content: '' },
  { status: 'gone' },
  { type: 'smell' },
  { version: 1, content: 'no author', userId: '' },
] as const;

const Status = z.object({
  mappings: z.array(z.object({ kind: z.string(), quietSince: z.number().optional() })),
  queues: z.record(z.string(), z.object({ visible: z.number(), inFlight: z.number(), delayed: z.number() })),
});

const leftIn = async (world: World, queues: readonly string[]): Promise<Evidence['left']> => {
  const { running } = await world.stack();
  const status = Status.parse(await (await fetch(`${running.consoleUrl}/status`)).json());
  return {
    iteratorAgeIsZero: status.mappings.every(
      ({ kind, quietSince }) => kind !== 'stream' || quietSince !== undefined,
    ),
    inQueues: queues.map((queue) => {
      const depth = status.queues[queue];
      return { queue, messages: depth ? depth.visible + depth.inFlight + depth.delayed : 0 };
    }),
  };
};

/**
 * Runs the service on its own data, in a process of its own, while faults strike; then lets it come to rest, redrives
 * what an operator would redrive, and holds what is there against the checker's rules.
 * @throws only for what is wrong with the run itself; what the service does wrong is in the report
 */
export const runChaos = async (options: ChaosOptions): Promise<Report> => {
  const { serviceDirectory, seed, posts, throughApi = 0.3, mostSeconds = 5, tell = () => {} } = options;
  const { restWithinSeconds = 120 } = options;
  const mix = MIXES[options.mix];
  const began = performance.now();
  const since = (moment: number) => (performance.now() - moment) / 1_000;

  const undo: (() => Promise<unknown>)[] = [];
  try {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'chaos-'));
    undo.push(() => forgetData(dataDirectory));
    const border = await startBorder({ seed, mix, mostSeconds, visibilitySeconds: 2 * mostSeconds + 2 });
    undo.push(border.stop);
    const { journal } = border;

    let pushRates: Partial<Record<PushBehaviour, number>> = mix.push ?? {};
    let pushed = 0;
    const endpoint = await startPushEndpoint(() => {
      pushed += 1;
      const rates = (['busy', 'hang up', 'take and lose the answer'] as const).map(
        (behaviour) => [behaviour, pushRates[behaviour] ?? 0] as const,
      );
      const total = rates.reduce((sum, [, rate]) => sum + rate, 0);
      const behaviour = weighted<PushBehaviour>(share(seed, 'push', pushed), [...rates, ['take', 1 - total]]);
      if (behaviour !== 'take')
        journal.faults.set(`push: ${behaviour}`, (journal.faults.get(`push: ${behaviour}`) ?? 0) + 1);
      return behaviour;
    });
    undo.push(endpoint.stop);

    const world = await startWorld({ serviceDirectory, dataDirectory, border, mostSeconds });
    undo.push(world.stop);
    tell(`the stack runs after ${since(began).toFixed(1)} s`);

    const devices = Array.from({ length: AUTHORS }, (_, index) =>
      Array.from({ length: index % 3 }, () => endpoint.subscribe(`author-${index}`)),
    ).flat();
    const stack = await world.stack();
    for (const device of devices) {
      const { dynamoDb } = await world.clients();
      const item = { ...device, registeredAt: new Date().toISOString() };
      await dynamoDb.send(
        new PutItemCommand({ TableName: stack.refOf('DevicesTable'), Item: marshall(item) }),
      );
    }
    const target = () => localTarget(dataDirectory, 'us-east-1');
    const subscribers = await (async () => {
      const operator = target();
      const { subscribers: found } = await readQueues(operator);
      operator.close();
      return found.map(({ name, queue, filterPolicy }) => ({
        name,
        queue: queue.url.slice(queue.url.lastIndexOf('/') + 1),
        url: queue.url,
        filterPolicy: filterPolicy === undefined ? undefined : JSON.parse(filterPolicy),
      }));
    })();

    // Traffic.
    const record = newTrafficRecord();
    const trafficBegan = performance.now();
    const postsTable = stack.refOf('PostsTable');
    const table = async () => ({ client: (await world.clients()).dynamoDb, tableName: postsTable });
    const running = async () => (await world.stack()).running;
    let started = 0;
    let written = 0;
    let kills = 0;
    const trouble: string[] = [];
    const numbers = Array.from({ length: posts }, (_, index) => index);
    const stories = numbers.map((number) => storyOf({ seed, authors: AUTHORS, throughApi }, number));

    const poison = async (number: number) => {
      const postId = ulidOf(seed, 1_000_000 + number);
      const good = { userId: 'author-0', content: 'poison', type: 'text', status: 'published', version: 1 };
      const now = new Date().toISOString();
      const item = { ...good, ...POISON_KINDS[number % POISON_KINDS.length], postId };
      record.poison.push(postId);
      const { client, tableName } = await table();
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: marshall({ ...item, timestamp: now, updatedAt: now }),
        }),
      );
      const subscriber = subscribers[number % subscribers.length];
      if (!subscriber) return;
      const body = number % 2 === 0 ? `junk ${number}` : JSON.stringify({ junk: number });
      record.junk.push({ queue: subscriber.queue, body });
      const { sqs } = await world.clients();
      await sqs.send(new SendMessageCommand({ QueueUrl: subscriber.url, MessageBody: body }));
    };
    const worker = (waiting: Iterator<number>, play: (number: number) => Promise<void>) => async () => {
      for (let next = waiting.next(); !next.done; next = waiting.next()) {
        while (written - journal.recordsRead > MOST_BEHIND) await systemClock.sleep(20);
        started += 1;
        try {
          await play(next.value);
          if (share(seed, 'poison', next.value) < (mix.poison ?? 0)) await poison(next.value);
        } catch (error) {
          trouble.push(error instanceof Error ? error.message : String(error));
        }
        written = record.accepted.length;
      }
    };
    const indices = (through: 'api' | 'table') =>
      numbers.filter((number) => stories[number]?.through === through).values();
    const api = indices('api');
    const direct = indices('table');
    const writers = [
      ...Array.from({ length: API_CLIENTS }, () =>
        worker(api, async (number) => {
          const story = stories[number];
          if (story) await playThroughApi(story, running, record);
        }),
      ),
      ...Array.from({ length: TABLE_WRITERS }, () =>
        worker(direct, async (number) => {
          const story = stories[number];
          if (story) await playIntoTable(story, ulidOf(seed, number), table, record);
        }),
      ),
    ];
    const killer = async () => {
      const moments = Array.from({ length: mix.kills ?? 0 }, (_, index) =>
        Math.floor(posts * (0.1 + 0.8 * share(seed, 'kill', index))),
      ).toSorted((a, b) => a - b);
      for (const moment of moments) {
        while (started < moment && !isOver) await systemClock.sleep(10);
        if (isOver) return;
        journal.pushInterruptions.push({ at: Date.now(), what: 'kill' });
        kills += 1;
        await world.killAndStart();
        journal.pushInterruptions.push({ at: Date.now(), what: 'start' });
        tell(`killed at post ${moment} of ${posts}, runs again`);
      }
    };
    let isOver = false;
    const killing = killer();
    await Promise.all(writers.map((write) => write()));
    isOver = true;
    await killing;
    const trafficSeconds = since(trafficBegan);
    tell(`${record.accepted.length} changes accepted in ${trafficSeconds.toFixed(1)} s`);

    // Rest.
    border.endFaults();
    pushRates = {};
    const faultsEnded = performance.now();
    const rest = async () => (await world.stack()).untilQuiet(restWithinSeconds * 1_000);
    const failures: string[] = [...trouble];
    await rest().catch((error: unknown) => failures.push(String(error)));
    const recovery = since(faultsEnded);
    tell(`at rest ${recovery.toFixed(1)} s after the faults`);

    // What waits, and the redrive.
    const handled = new Set(journal.handled);
    const operator = target();
    undo.push(async () => operator.close());
    const collected = await collect(operator, {});
    const waiting = await waitingOf(operator, collected);
    const redrivable = await collect(operator, { sources: ['stream', 'queue', 'subscription'] });
    if (redrivable.failures.length > 0) {
      await send(operator, redrivable, { execute: true, perSecond: 500, tell: () => {} });
      await rest().catch((error: unknown) => failures.push(`after the redrive: ${String(error)}`));
      tell(`redrove ${redrivable.failures.length}, at rest`);
    }
    const waitingAfterRedrive = await waitingOf(operator, await collect(operator, {}));

    const tables = await tablesOf(await world.stack(), await world.clients());
    const crashed = ['crash before', 'crash after', 'hang'].some((fault) => journal.faults.has(fault));
    const evidence: Evidence = {
      ...tables,
      ...record,
      searches: [],
      devices,
      taken: endpoint.taken,
      pushInterruptions: journal.pushInterruptions,
      subscribers,
      seen: journal.seen,
      handled,
      waiting,
      waitingAfterRedrive,
      aged: journal.aged,
      lostLogs: crashed || kills > 0,
      left: await leftIn(
        world,
        subscribers.map(({ queue }) => queue),
      ),
    };
    const verdict = check(evidence);
    const counted = (source: string) => waiting.filter((one) => one.source === source).length;
    return {
      ...verdict,
      ...{ seed, mix: options.mix, posts, kills },
      changes: evidence.changes.length,
      accepted: record.accepted.length,
      retries: record.retries,
      faults: Object.fromEntries([...journal.faults].toSorted()),
      waiting: {
        parked: counted('parked'),
        givenUp: counted('stream'),
        deadLetters: counted('queue') + counted('subscription'),
        afterRedrive: waitingAfterRedrive.length,
      },
      seconds: { traffic: trafficSeconds, recovery, total: since(began) },
      failure: failures.length > 0 ? failures.slice(0, 5).join('\n') : undefined,
    };
  } finally {
    for (const step of undo.toReversed()) await step();
  }
};
