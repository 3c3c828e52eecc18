import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { forgetData, type LaunchedStack, launchStack } from '#local/launch.ts';
import { lockHolder } from '#local/lock.ts';
import { stateDirectory } from '#local/state-directory.ts';
import { search, type User, userOf } from '../../../scripts/demo/client.ts';
import { processesOn, until } from './processes.ts';

const serviceDirectory = resolve(import.meta.dirname, '../../..');
const directory = mkdtempSync(join(tmpdir(), 'stack-'));
const other = mkdtempSync(join(tmpdir(), 'stack-'));
let stack: LaunchedStack;

const launch = (dataDirectory: string, commandOptions: Record<string, string | true> = {}) =>
  launchStack({ serviceDirectory, dataDirectory, commandOptions });

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

const author = (): Promise<User> => userOf(stack.running.apiUrl, stack.running.issuer, 'ada');

const expectNothingLeft = async ({ running, state }: LaunchedStack) => {
  expect(await processesOn(directory)).toEqual([]);
  const urls = [running.apiUrl, running.issuer, running.lambdaUrl, running.consoleUrl];
  for (const url of [...urls, running.endpoints.dynamoDb, running.endpoints.messaging]) {
    expect(await answers(url)).toBe(false);
  }
  expect(lockHolder(state.lock)).toBeUndefined();
};

beforeAll(async () => {
  stack = await launch(directory);
}, 60_000);
afterAll(async () => {
  await stack?.stop();
  await Promise.all([forgetData(directory), forgetData(other)]);
});

describe('a start that cannot be', () => {
  test('names the port that is taken and the option that changes it, and leaves nothing running', async () => {
    const { port } = new URL(stack.running.apiUrl);
    const starting = launch(other, { httpPort: port });
    await expect(starting).rejects.toThrow(
      `port ${port}, meant for the HTTP API, is taken: free it, or choose another with --httpPort <number>`,
    );
    // For people, not a crash.
    await expect(starting).rejects.not.toThrow(/\n +at /);
    expect(await processesOn(other)).toEqual([]);
    expect(lockHolder(stateDirectory(other).lock)).toBeUndefined();
  }, 60_000);

  test('is refused while another stack uses the data, which goes on', async () => {
    await expect(launch(directory)).rejects.toThrow(
      `another local stack (process ${stack.processId}) uses ${directory}`,
    );
    expect(await answers(stack.running.apiUrl)).toBe(true);
  }, 60_000);
});

test('what is stopped goes on where it was, ends whole on each signal, and forgets only when told to', async () => {
  const ada = await author();
  const post = await ada.create({ content: 'Zebra crossing', type: 'text', status: 'published' });
  await stack.untilQuiet(10_000);
  const lastSeen = await ada.read(post.postId);

  expect(await stack.stop('SIGTERM')).toBe(0);
  await expectNothingLeft(stack);

  stack = await launch(directory);
  expect(await (await author()).read(post.postId)).toEqual(lastSeen);
  expect(await search(stack.running.apiUrl, 'zebra')).toEqual([post.postId]);

  expect(await stack.stop('SIGINT')).toBe(0);
  await expectNothingLeft(stack);

  stack = await launch(directory, { fresh: true });
  expect(await (await author()).read(post.postId)).toBeUndefined();
  expect(await search(stack.running.apiUrl, 'zebra')).toEqual([]);

  expect(await processesOn(directory)).not.toEqual([]);
  await stack.kill();
  await until('its engine is gone, too', async () => (await processesOn(directory)).length === 0);
  await expectNothingLeft(stack);
}, 120_000);
