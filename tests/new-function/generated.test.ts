import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type Clients, createClients } from '#local/clients.ts';
import { systemClock } from '#local/clock.ts';
import { type LaunchedStack, launchStack } from '#local/launch.ts';
import { tokenOf } from '#tests/end-to-end/api.ts';
import { collect } from '#tests/support/collect.ts';
import { readArchive, s3ObjectReader } from '../../ops/replay/read-archive.ts';
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

/** Each route that was made: a method without and one with a body in its answer, for each kind of caller. */
const ROUTES = [
  { name: 'like-post', key: 'likePost', method: 'PUT', path: '/posts/{postId}/like', caller: 'required' },
  { name: 'list-likes', key: 'listLikes', method: 'GET', path: '/posts/{postId}/likes', caller: 'optional' },
  { name: 'get-weather', key: 'getWeather', method: 'GET', path: '/weather/{place}', caller: 'none' },
];
const ROUTE_FILES = ROUTES.flatMap(({ name }) => [
  `events/${name}.json`,
  ...['function.yml', 'handler.ts', 'route.ts'].map((file) => `functions/${name}/${file}`),
  `tests/http/${name}.test.ts`,
]);

/** What a command and its files need besides what is packaged. */
const TOOLS = [
  '.gitignore',
  'biome.json',
  'events',
  'jest.config.js',
  'ops',
  'redocly.yaml',
  'scripts',
  'tests/http',
  'tests/support',
];

let copy: string;
const run = (program: string, ...words: string[]) => promisify(execFile)(program, words, { cwd: copy });
const node = (...words: string[]) =>
  run(process.execPath, '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', ...words);
const newSubscriber = (...words: string[]) => node('scripts/new-subscriber/index.ts', ...words);
const newRoute = (...words: string[]) => node('scripts/new-route/index.ts', ...words);
const git = async (...words: string[]): Promise<string> => (await run('git', ...words)).stdout;
const untracked = async (): Promise<string[]> =>
  (await git('status', '--porcelain', '--untracked-files=all')).split('\n').filter(Boolean).toSorted();
/** What a refused command says. */
const refusal = (...words: string[]): Promise<string> => refused(newSubscriber(...words));
const refused = (command: Promise<{ stdout: string }>): Promise<string> =>
  command.then(
    ({ stdout }) => `not refused: ${stdout}`,
    ({ stderr }: { stderr: string }) => stderr,
  );
const bin = (name: string): string => join(serviceDirectory, 'node_modules/.bin', name);

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'new-subscriber-'));
  await copyService(copy);
  for (const tool of TOOLS) await cp(join(serviceDirectory, tool), join(copy, tool), { recursive: true });
  await git('init', '--quiet');
  await symlink(join(serviceDirectory, 'packages'), join(copy, 'packages'));
  // Links, which patterns for folders do not ignore.
  await writeFile(join(copy, '.git/info/exclude'), 'node_modules\npackages\n');
  await git('add', '--all');
  await git('-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '--quiet', '-m', 'before');
  await newSubscriber(NAME, '--change', 'drafted,published,removed');
  for (const { name, method, path, caller } of ROUTES) {
    await newRoute(name, '--method', method, '--path', path, '--caller', caller);
  }
});
afterAll(() => rm(copy, { recursive: true, force: true }));

describe('a new subscriber and new routes', () => {
  test('are their files, a line each in serverless.yml, and a part of the contracts', async () => {
    expect(await untracked()).toEqual(
      [
        ' M docs/asyncapi.json',
        ' M docs/openapi.json',
        ' M serverless.yml',
        ...[...WRITTEN, ...ROUTE_FILES].map((file) => `?? ${file}`),
      ].toSorted(),
    );
    const added = (await git('diff', '--unified=0', 'serverless.yml')).match(/^[+-] .*$/gm);
    expect(added).toEqual(
      [NAME, ...ROUTES.map(({ name }) => name)].map(
        (name) => `+  - \${file(functions/${name}/function.yml)}`,
      ),
    );
    expect(await git('diff', 'docs/asyncapi.json')).toContain(`${KEY}Receives`);
    for (const { key } of ROUTES) {
      expect(await git('diff', 'docs/openapi.json')).toContain(`"operationId": "${key}"`);
    }
  });

  test('pass the linters and the compiler', async () => {
    const files = [...WRITTEN, ...ROUTE_FILES].filter((file) => file.endsWith('.ts'));
    await writeFile(
      join(copy, '.git/tsconfig.json'),
      JSON.stringify({ extends: '../tsconfig.json', include: [], files: files.map((file) => `../${file}`) }),
    );
    await Promise.all([
      run(bin('biome'), 'check', 'serverless.yml', 'docs', ...WRITTEN, ...ROUTE_FILES),
      run(bin('tsc'), '--noEmit', '--project', '.git/tsconfig.json'),
      run(bin('redocly'), 'lint'),
    ]);
  }, 60_000);

  test('pass their tests', async () => {
    const { stderr } = await node(
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      bin('../jest/bin/jest.js'),
      ...[...WRITTEN, ...ROUTE_FILES].filter((file) => file.endsWith('.test.ts')),
    );
    expect(stderr).toContain('7 passed, 7 total');
  }, 60_000);

  test('are not written over', async () => {
    const [handler, definition, sample, test] = [WRITTEN[2], WRITTEN[1], WRITTEN[0], WRITTEN[3]];
    const files = [`functions/${NAME}`, handler, definition, sample, test];
    expect(await refusal(NAME, '--change', 'edited')).toBe(
      `Nothing was written, because these exist already:\n${files.map((file) => `  ${file}\n`).join('')}Choose another name.\n`,
    );
    expect(await refused(newRoute('like-post', '--method', 'GET', '--path', '/other'))).toContain(
      'Nothing was written, because these exist already:\n  functions/like-post\n',
    );
    expect(await refused(newRoute('like-again', '--method', 'PUT', '--path', '/posts/{id}/like'))).toBe(
      'functions/like-post answers PUT /posts/{postId}/like already. Choose another method or path\n',
    );
  });
});

describe('a local stack with it and the optional subscribers', () => {
  let stack: LaunchedStack;
  let clients: Clients;
  beforeAll(async () => {
    stack = await launchStack(
      {
        serviceDirectory: copy,
        dataDirectory: join(copy, '.local/test'),
        parameters: { archive: 'on', archiveWindow: '1', reminders: 'on', reminderDelay: '2' },
      },
      AbortSignal.timeout(110_000),
    );
    clients = createClients(stack.running.endpoints, 'us-east-1');
  }, 120_000);
  afterAll(async () => {
    clients?.destroy();
    await stack?.stop();
  });

  test('answers the new routes', async () => {
    const { apiUrl, issuer } = stack.running;
    const token = await tokenOf(issuer, 'ada');
    const path = '/posts/01KAHQXMP00000000000000001';
    const status = async (method: string, url: string, headers: Record<string, string> = {}) =>
      (await fetch(`${apiUrl}${url}`, { method, headers })).status;
    expect(await status('PUT', `${path}/like`)).toBe(401);
    expect(await status('PUT', `${path}/like`, { authorization: `Bearer ${token}` })).toBe(204);
    expect(await status('GET', `${path}/likes`)).toBe(200);
    expect(await status('HEAD', `${path}/likes`, { authorization: `Bearer ${token}` })).toBe(200);
    expect(await status('GET', '/weather/oslo')).toBe(200);
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

  test('keeps a route that was worked on', async () => {
    const file = 'functions/like-post/route.ts';
    const text = await readFile(join(copy, file), 'utf8');
    await writeFile(join(copy, file), text.replace('Say here what the route does', 'Like a post'));
    expect(await refused(newRoute('like-post', '--undo'))).toContain(
      `not as the command wrote them:\n  ${file}\n`,
    );
    await writeFile(join(copy, file), text);
  });

  test('leaves the tree as it was', async () => {
    await newSubscriber(NAME, '--undo');
    for (const { name } of ROUTES) await newRoute(name, '--undo');
    expect(await untracked()).toEqual([]);
    expect(await refusal(NAME, '--undo')).toContain(`There is no subscriber ${NAME}`);
  });

  test('removes no function that the command did not write', async () => {
    expect(await refused(newRoute('get-post', '--undo'))).toContain('functions/get-post/handler.ts');
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
