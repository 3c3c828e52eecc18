import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import { Post } from '#lib/posts/post.ts';
import { type Clients, createClients } from '#local/clients.ts';
import { startEngines } from '#local/engines/index.ts';
import { forgetData, type LaunchedStack, launchStack } from '#local/launch.ts';
import { isLocked } from '#local/lock.ts';
import { findRunningStack } from '#local/running-stack.ts';
import { stateDirectory } from '#local/state-directory.ts';
import { denialsOf } from '#tests/support/denials.ts';
import { type User, userOf } from '../../scripts/demo/client.ts';
import { accepted, searchAll, tokenOf } from './api.ts';
import { processesOn, until } from './processes.ts';

const serviceDirectory = resolve(import.meta.dirname, '../..');
const dataDirectory = mkdtempSync(join(tmpdir(), 'end-to-end-'));
const otherDirectory = mkdtempSync(join(tmpdir(), 'end-to-end-'));
let stack: LaunchedStack;
let clients: Clients;
let ada: User;

const launch = async (commandOptions: Record<string, string | true> = {}) => {
  stack = await launchStack({ serviceDirectory, dataDirectory, commandOptions }, AbortSignal.timeout(50_000));
  clients = createClients(stack.running.endpoints, 'us-east-1');
};
const kill = async () => {
  clients.destroy();
  await stack.kill();
};
const stop = async (signal?: 'SIGINT' | 'SIGTERM') => {
  clients?.destroy();
  return stack?.stop(signal);
};

beforeAll(async () => {
  await launch();
  ada = await userOf(stack.running.apiUrl, stack.running.issuer, 'ada');
}, 60_000);
afterAll(async () => {
  await stop();
  await Promise.all([forgetData(dataDirectory), forgetData(otherDirectory)]);
});

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

const itemsOf = async (logicalId: string): Promise<Record<string, unknown>[]> => {
  const items: Record<string, unknown>[] = [];
  const pages = paginateScan(
    { client: clients.dynamoDb },
    { TableName: stack.refOf(logicalId), ConsistentRead: true },
  );
  for await (const { Items = [] } of pages) items.push(...Items.map((item) => unmarshall(item)));
  return items;
};

const postsById = async (): Promise<Map<string, Post>> =>
  new Map((await itemsOf('PostsTable')).map((item) => Post.parse(item)).map((post) => [post.postId, post]));

const Notification = z.object({ postId: z.string(), userId: z.string(), kind: z.string() });

/** What authors were told, in order, by post. */
const toldByPost = async (): Promise<Map<string, string[]>> => {
  const told = new Map<string, string[]>();
  for (const item of await itemsOf('NotificationsTable')) {
    const { postId, kind } = Notification.parse(item);
    told.set(postId, [...(told.get(postId) ?? []), kind]);
  }
  return told;
};

const deadLetters = async (): Promise<unknown> => {
  const status = await fetch(`${stack.running.consoleUrl}/status`);
  const { queues } = z
    .object({ queues: z.record(z.string(), z.object({ visible: z.number() })) })
    .parse(await status.json());
  return Object.entries(queues).filter(([name, { visible }]) => /Dead|Undelivered/.test(name) && visible > 0);
};

describe('the way of a post', () => {
  const ids = new Map<string, string>();
  const idOf = (name: string) => ids.get(name) ?? 'none';
  let posts: Map<string, Post>;
  let told: Map<string, string[]>;
  const found = (words: string) => searchAll(stack.running.apiUrl, words);

  beforeAll(async () => {
    const write = async (name: string, content: string, status = 'published') => {
      const { postId } = await ada.create({ content, type: 'text', status });
      ids.set(name, postId);
      return postId;
    };
    await write('published', 'A walrus on the beach');
    await write('draft', 'A walrus that nobody has seen', 'draft');
    await write('bad', 'A walrus for sale: free casino bonus');
    await write('deleted', 'A walrus that was there');
    await stack.untilQuiet(15_000);
    expect(await found('walrus was there')).toEqual([idOf('deleted')]);
    await ada.remove(idOf('deleted'));
    await stack.untilQuiet(15_000);
    [posts, told] = await Promise.all([postsById(), toldByPost()]);
  }, 60_000);

  test('brings a published post to all three subscribers', async () => {
    expect(told.get(idOf('published'))).toEqual(['published']);
    expect(await found('walrus beach')).toEqual([idOf('published')]);
    expect(posts.get(idOf('published'))).toMatchObject({
      status: 'published',
      version: 2,
      moderation: { decision: 'approved', reviewedVersion: 1 },
    });
  });

  test('keeps a draft from everybody', async () => {
    expect(told.get(idOf('draft'))).toBeUndefined();
    expect(await found('walrus nobody')).toEqual([]);
    expect(posts.get(idOf('draft'))).toMatchObject({ status: 'draft', version: 1 });
    expect(posts.get(idOf('draft'))?.moderation).toBeUndefined();
  });

  test('takes a bad post down, tells its author why, and lets nobody find it', async () => {
    expect(posts.get(idOf('bad'))).toMatchObject({ status: 'flagged', moderation: { decision: 'flagged' } });
    expect(told.get(idOf('bad'))?.toSorted()).toEqual(['flagged', 'published']);
    expect(await found('walrus sale')).toEqual([]);
  });

  test('makes a deleted post vanish', async () => {
    expect(posts.get(idOf('deleted'))).toBeUndefined();
    expect(await found('walrus was there')).toEqual([]);
    expect(await found('walrus')).toEqual([idOf('published')]);
  });

  test('leaves no message behind', async () => {
    expect(await deadLetters()).toEqual([]);
  });
});

describe('a start that cannot be', () => {
  const start = (directory: string, commandOptions: Record<string, string | true> = {}) =>
    launchStack({ serviceDirectory, dataDirectory: directory, commandOptions });

  test('names the port that is taken and the option that changes it, and leaves nothing running', async () => {
    const { port } = new URL(stack.running.apiUrl);
    const starting = start(otherDirectory, { httpPort: port });
    await expect(starting).rejects.toThrow(
      `port ${port}, meant for the HTTP API, is in use: stop what uses it, or choose another with --httpPort <number>`,
    );
    // For people, not a crash.
    await expect(starting).rejects.not.toThrow(/\n +at /);
    expect(await processesOn(otherDirectory)).toEqual([]);
    expect(isLocked(stateDirectory(otherDirectory).lock)).toBe(false);
  }, 60_000);

  test('is refused while another stack uses the data, which goes on', async () => {
    await expect(start(dataDirectory)).rejects.toThrow(
      `another local stack (process ${stack.processId}) uses ${dataDirectory}`,
    );
    expect(await answers(stack.running.apiUrl)).toBe(true);
  }, 60_000);
});

describe('a kill in the middle of a burst', () => {
  const POSTS = 500;
  const AT_ONCE = 16;
  /** What has to become of each kind of post in the end. */
  const OUTCOMES = {
    draft: { status: 'draft', decision: undefined, found: false, told: undefined },
    good: { status: 'published', decision: 'approved', found: true, told: ['published'] },
    bad: { status: 'flagged', decision: 'flagged', found: false, told: ['flagged', 'published'] },
  };
  type Kind = keyof typeof OUTCOMES;

  const kindOf = (number: number): Kind => {
    if (number % 10 === 0) return 'draft';
    return number % 10 === 1 ? 'bad' : 'good';
  };

  const postOf = (number: number) => ({
    content: kindOf(number) === 'bad' ? 'A tern that sells cheap pills' : 'A tern over the water',
    status: kindOf(number) === 'draft' ? 'draft' : 'published',
  });

  test('loses no post that was accepted, and tells nobody twice', async () => {
    const numbers = Array.from({ length: POSTS }, (_, number) => number).values();
    const written = new Map<string, Kind>();
    const burst = async (goOn: () => boolean) => {
      const { apiUrl, issuer } = stack.running;
      const token = await tokenOf(issuer, 'tern');
      const writer = async () => {
        while (goOn()) {
          const { value: number } = numbers.next();
          if (number === undefined) return;
          const postId = await accepted(apiUrl, token, postOf(number));
          if (postId !== undefined) written.set(postId, kindOf(number));
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, writer));
    };

    let killed: Promise<void> | undefined;
    await burst(() => {
      if (written.size >= POSTS / 2) killed ??= kill();
      return killed === undefined;
    });
    expect(killed).toBeDefined();
    await killed;
    await until('its engine is gone, too', async () => (await processesOn(dataDirectory)).length === 0);
    await launch();
    await burst(() => true);
    await stack.untilQuiet(30_000);

    // Only the calls under way at the kill came to nothing.
    expect(written.size).toBeGreaterThanOrEqual(POSTS - AT_ONCE);
    const [posts, told] = await Promise.all([postsById(), toldByPost()]);
    const found = new Set(await searchAll(stack.running.apiUrl, 'tern'));
    const outcomes = [...written.keys()].map((postId) => [
      postId,
      {
        status: posts.get(postId)?.status,
        decision: posts.get(postId)?.moderation?.decision,
        found: found.has(postId),
        told: told.get(postId)?.toSorted(),
      },
    ]);
    expect(Object.fromEntries(outcomes)).toEqual(
      Object.fromEntries([...written].map(([postId, kind]) => [postId, OUTCOMES[kind]])),
    );
    expect(await deadLetters()).toEqual([]);
  }, 120_000);
});

describe('an end in order', () => {
  const expectNothingLeft = async () => {
    const { endpoints, ...urls } = stack.running;
    expect(await processesOn(dataDirectory)).toEqual([]);
    for (const url of [...Object.values(urls), ...Object.values(endpoints)]) {
      expect(await answers(url)).toBe(false);
    }
    expect(isLocked(stack.state.lock)).toBe(false);
    expect(findRunningStack(stack.state)).toBeUndefined();
  };

  test('leaves nothing running but keeps the data, until a fresh start forgets it', async () => {
    const kept = (await itemsOf('PostsTable')).length;
    expect(denialsOf(stack)).toEqual([]);
    expect(await stop('SIGINT')).toBe(0);
    await expectNothingLeft();

    const engines = await startEngines({
      directory: stack.state.engines,
      region: 'us-east-1',
      ports: { dynamoDb: 0, messaging: 0 },
    });
    clients = createClients(engines.endpoints, 'us-east-1');
    expect(await itemsOf('PostsTable')).toHaveLength(kept);
    clients.destroy();
    await engines.stop();

    await launch({ fresh: true });
    expect(await itemsOf('PostsTable')).toEqual([]);
    expect(await searchAll(stack.running.apiUrl, 'walrus')).toEqual([]);
    expect(await stop('SIGTERM')).toBe(0);
    await expectNothingLeft();
  }, 60_000);
});
