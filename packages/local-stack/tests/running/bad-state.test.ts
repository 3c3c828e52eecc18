import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tryLock } from '../../src/lock.ts';
import { temporaryDirectory } from '../../src/temporary-directory.ts';
import { testStacks } from './support/stacks.ts';

const { serviceDirectory, state, launch, end, remove } = testStacks();
const kept = join(serviceDirectory, '.local', 'kept');

beforeAll(async () => {
  const stack = await launch();
  await fetch(`${stack.running.apiUrl}/put?id=1`);
  await stack.untilQuiet(20_000);
  await stack.stop();
  cpSync(state.root, kept, { recursive: true });
}, 120_000);
afterEach(end);
afterAll(remove);

const filesBelow = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Garbage in place of every file of a name. */
const damage = (directory: string, name: RegExp) => {
  const files = filesBelow(directory).filter((file) => name.test(file));
  expect(files).not.toEqual([]);
  for (const file of files) writeFileSync(file, '{ "not": what it was'.repeat(500));
};

const replaceByFile = (path: string) => {
  rmSync(path, { recursive: true, force: true });
  writeFileSync(path, '');
};

/** What the command prints when it does not start: lines for people, no stack trace. */
const refusal = async (...options: Parameters<typeof launch>): Promise<string> => {
  const error: unknown = await launch(...options).then(
    () => undefined,
    (reason) => reason,
  );
  expect(String(error)).toContain('the local stack did not start');
  expect(String(error)).not.toMatch(/\n +at /);
  const [, ...lines] = String(error).trim().split('\n');
  expect(lines.length).toBeLessThanOrEqual(3);
  return lines.join('\n');
};

describe('data that cannot be used are named, with what to do', () => {
  beforeEach(() => {
    rmSync(state.root, { recursive: true, force: true });
    cpSync(kept, state.root, { recursive: true });
  });

  test.each([
    ['the tables', () => damage(state.engines, /dynamodb\.sqlite$/), /dynamodb\.sqlite.*\n.*--fresh/],
    ['the queues', () => damage(state.engines, /fauxqs/), /messaging.*\n.*--fresh/],
    ['a checkpoint', () => damage(state.checkpoints, /json$/), /checkpoints.* is damaged: remove it/],
    ['the signing key', () => damage(state.identity, /json$/), /signing-key\.json is damaged: remove it/],
    ['the secrets', () => writeFileSync(state.secrets, '{'), /secrets\.json is damaged: remove it/],
    [
      'the lock',
      () => writeFileSync(state.lock, 'x'.repeat(5_000)),
      /stack\.lock cannot be locked .*: remove it/,
    ],
    [
      'a file where the folder is',
      () => replaceByFile(state.root),
      /data: there is something else of that name/,
    ],
    ['a file where the engines are', () => replaceByFile(state.engines), /engines: there is something else/],
    ['a file where the logs are', () => replaceByFile(state.logs), /logs: there is something else/],
  ])(
    '%s',
    async (_what, break_, message) => {
      break_();
      expect(await refusal()).toMatch(message);
    },
    120_000,
  );

  test('and --fresh does without them', async () => {
    for (const directory of [state.engines, state.checkpoints, state.identity]) damage(directory, /./);
    const stack = await launch({ commandOptions: { fresh: true } });
    expect((await fetch(`${stack.running.apiUrl}/put?id=1`)).status).toBe(200);
  }, 120_000);

  test('an announcement that was cut short is none', async () => {
    writeFileSync(state.runningStack, '{"pid":');
    const stack = await launch();
    expect((await fetch(`${stack.running.apiUrl}/put?id=1`)).status).toBe(200);
  }, 120_000);
});

test('two parts on one port are named', async () => {
  const commandOptions = { httpPort: '39105', lambdaPort: '39105' };
  expect(await refusal({ commandOptions })).toBe(
    '--httpPort and --lambdaPort are both 39105: choose another for one (0: any free one)',
  );
}, 120_000);

(existsSync('/sys/kernel') ? test : test.skip)(
  'a folder that cannot be written is named',
  async () => {
    expect(await refusal({ dataDirectory: '/sys/kernel/nothing' })).toMatch(
      /^\/sys\/kernel\/nothing: .*--dataDirectory/,
    );
  },
  120_000,
);

test('a build that is damaged is made again', async () => {
  for (const file of ['manifest.json', 'template.json']) {
    damage(join(serviceDirectory, '.local', 'builds'), new RegExp(file));
    const stack = await launch();
    expect((await fetch(`${stack.running.apiUrl}/wait?ms=0`)).status).toBe(200);
    await stack.kill();
  }
}, 120_000);

test('what killed processes left is removed by the next start, and nothing else', async () => {
  const local = join(serviceDirectory, '.local');
  const inUse = temporaryDirectory(serviceDirectory, 'in-use');
  const left = join(local, 'temporary', 'left-behind');
  mkdirSync(left, { recursive: true });
  writeFileSync(join(left, 'data'), '');
  const stopping = join(local, 'temporary', 'still-stopping');
  mkdirSync(stopping, { recursive: true });
  const lock = tryLock(join(stopping, 'stack.lock'));
  const unfinished = join(local, 'builds', '0123456789abcdef.4711');
  mkdirSync(unfinished);
  // A build that was not there makes the old ones be looked through.
  writeFileSync(join(serviceDirectory, 'changed.txt'), '');
  await launch();
  expect(existsSync(left)).toBe(false);
  expect(existsSync(unfinished)).toBe(false);
  expect(existsSync(inUse.path)).toBe(true);
  expect(existsSync(stopping)).toBe(true);
  lock?.release();
  await inUse.remove();
  expect(readdirSync(join(local, 'temporary'))).toEqual(['still-stopping']);
}, 120_000);
