import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { readArchive } from '#lib/archive/read-archive.ts';
import { s3ObjectReader } from '#lib/archive/s3-objects.ts';
import { type Clients, createClients } from '#local/clients.ts';
import { systemClock } from '#local/clock.ts';
import { type LaunchedStack, launchStack } from '#local/launch.ts';
import { collect } from '#tests/support/collect.ts';
import { userOf } from '../../scripts/demo/client.ts';
import { readJournal } from '../../scripts/demo/journal.ts';
import { copyService, serviceDirectory } from '../../scripts/service-copy.ts';

// As long as a name may be: what does not fit then, never fits.
const NAME = 'record-of-what-was-published';
const KEY = 'recordOfWhatWasPublished';
const WRITTEN = [
  `events/${NAME}.json`,
  `functions/${NAME}/function.yml`,
  `functions/${NAME}/handler.ts`,
  `tests/subscribers/${NAME}.test.ts`,
];

/** What a command and its files need besides what is packaged. */
const TOOLS = [
  '.gitignore',
  'biome.json',
  'events',
  'jest.config.js',
  'ops',
  'scripts',
  'templates',
  'tests/support',
];

let copy: string;
const run = (program: string, ...words: string[]) => promisify(execFile)(program, words, { cwd: copy });
const node = (...words: string[]) =>
  run(process.execPath, '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', ...words);
const newSubscriber = (...words: string[]) => node('scripts/new-subscriber/index.ts', ...words);
const git = async (...words: string[]): Promise<string> => (await run('git', ...words)).stdout;
const untracked = async (): Promise<string[]> =>
  (await git('status', '--porcelain', '--untracked-files=all')).split('\n').filter(Boolean).toSorted();
/** What a refused command says. */
const refusal = (...words: string[]): Promise<string> =>
  newSubscriber(...words).then(
    ({ stdout }) => `not refused: ${stdout}`,
    ({ stderr }: { stderr: string }) => stderr,
  );
const bin = (name: string): string => join(serviceDirectory, 'node_modules/.bin', name);

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'new-subscriber-'));
  await copyService(copy);
  for (const tool of TOOLS) await cp(join(serviceDirectory, tool), join(copy, tool), { recursive: true });
  await git('init', '--quiet');
  // A link, which the pattern for a folder does not ignore.
  await writeFile(join(copy, '.git/info/exclude'), 'node_modules\n');
  await git('add', '--all');
  await git('-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '--quiet', '-m', 'before');
  await newSubscriber(NAME, '--change', 'drafted,published,removed');
});
afterAll(() => rm(copy, { recursive: true, force: true }));

describe('a new subscriber', () => {
  test('is four files, one line in serverless.yml and a part of the contract', async () => {
    expect(await untracked()).toEqual(
      [' M docs/asyncapi.json', ' M serverless.yml', ...WRITTEN.map((file) => `?? ${file}`)].toSorted(),
    );
    expect(await git('diff', '--unified=0', 'serverless.yml')).toMatch(
      new RegExp(`\\n\\+  - \\$\\{file\\(functions/${NAME}/function\\.yml\\)\\}\\n$`),
    );
    expect(await git('diff', 'docs/asyncapi.json')).toContain(`${KEY}Receives`);
  });

  test('passes the linter and the compiler', async () => {
    const files = WRITTEN.filter((file) => file.endsWith('.ts'));
    await writeFile(
      join(copy, '.git/tsconfig.json'),
      JSON.stringify({ extends: '../tsconfig.json', include: [], files: files.map((file) => `../${file}`) }),
    );
    await Promise.all([
      run(bin('biome'), 'check', 'serverless.yml', 'docs', ...WRITTEN),
      run(bin('tsc'), '--noEmit', '--project', '.git/tsconfig.json'),
    ]);
  });

  test('passes its test', async () => {
    const { stderr } = await node(
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      bin('../jest/bin/jest.js'),
      `tests/subscribers/${NAME}`,
    );
    expect(stderr).toContain('3 passed, 3 total');
  });

  test('is not written over', async () => {
    expect(await refusal(NAME, '--change', 'edited')).toBe(
      `Nothing was written, because there is already:\n  functions/${NAME}\n${[WRITTEN[2], WRITTEN[1], WRITTEN[0], WRITTEN[3]].map((file) => `  ${file}\n`).join('')}`,
    );
  });
});

describe('a local stack with it and the optional subscribers', () => {
  let stack: LaunchedStack;
  let clients: Clients;
  beforeAll(async () => {
    stack = await launchStack({
      serviceDirectory: copy,
      dataDirectory: join(copy, '.local/test'),
      parameters: { archive: 'on', archiveWindow: '1', reminders: 'on', reminderDelay: '2' },
    });
    clients = createClients(stack.running.endpoints, 'us-east-1');
  }, 120_000);
  afterAll(async () => {
    clients?.destroy();
    await stack?.stop();
  });

  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await systemClock.sleep(50);
  };
  const toldTo = async (userId: string): Promise<unknown[]> => {
    const { Items = [] } = await clients.dynamoDb.send(
      new QueryCommand({
        TableName: stack.refOf('NotificationsTable'),
        KeyConditionExpression: 'userId = :userId',
        ExpressionAttributeValues: { ':userId': userId },
      }),
    );
    return Items.map(({ kind }) => kind);
  };
  const archived = async (): Promise<string[]> => {
    const reader = s3ObjectReader(clients.s3, stack.refOf('ArchiveBucket'));
    const events = await collect(readArchive(reader, Date.now() - 3_600_000, Date.now() + 60_000));
    return events.map(({ event }) => `${event.userId} ${event.change}`).toSorted();
  };

  test('takes events, archives them all, and reminds of what still is a draft', async () => {
    const { apiUrl, issuer } = stack.running;
    const [ada, grace] = await Promise.all(['ada', 'grace'].map((name) => userOf(apiUrl, issuer, name)));
    const left = await ada?.create({ content: 'Left alone', type: 'text', status: 'draft' });
    const draft = await grace?.create({ content: 'Soon there', type: 'text', status: 'draft' });
    await grace?.change(draft?.postId ?? '', { status: 'published' });

    const all = ['ada drafted', 'grace drafted', 'grace published', 'grace reviewed'];
    await until(async () => (await archived()).length >= all.length && (await toldTo('ada')).length > 0);
    await stack.untilQuiet(10_000);
    expect(await archived()).toEqual(all);
    expect([await toldTo('ada'), await toldTo('grace')]).toEqual([['still-a-draft'], ['published']]);

    const journal = readJournal(stack.state.logs);
    const of = (functionName: string) =>
      journal
        .filter((entry) => entry.functionName === functionName)
        .map(({ message, change, postId }) => ({ message, change, postId }));
    expect(of(KEY)).toHaveLength(3);
    expect(of(KEY)).toContainEqual({ message: 'handled', change: 'drafted', postId: left?.postId });
    expect(
      of('draftReminders')
        .map(({ message }) => message)
        .toSorted(),
    ).toEqual(['no draft any more', 'notified']);
  }, 30_000);
});

describe('undoing', () => {
  const handler = WRITTEN[2] ?? '';

  test('keeps what was worked on', async () => {
    const text = await readFile(join(copy, handler), 'utf8');
    await writeFile(join(copy, handler), text.replace('handled', 'counted'));
    expect(await refusal(NAME, '--undo')).toContain(`not as the command wrote them:\n  ${handler}\n`);
    await writeFile(join(copy, handler), text);
  });

  test('leaves the tree as it was', async () => {
    await newSubscriber(NAME, '--undo');
    expect(await untracked()).toEqual([]);
    expect(await refusal(NAME, '--undo')).toContain(`There is no subscriber ${NAME}`);
  });

  test('removes no subscriber that the command did not write', async () => {
    expect(await refusal('search-indexing', '--undo')).toContain('functions/search-indexing/handler.ts');
    expect(await untracked()).toEqual([]);
  });

  test('by git alone is as good, also for the shortest name', async () => {
    await newSubscriber('z', '--change', 'reviewed');
    await run(bin('biome'), 'check', 'functions/z', 'events/z.json', 'tests/subscribers/z.test.ts');
    await git('checkout', '--quiet', '.');
    await git('clean', '--quiet', '--force', '-d');
    expect(await untracked()).toEqual([]);
  });
});
