import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { tokenOf } from '#tests/end-to-end/api.ts';
import { launchService, type Service } from '#tests/redrive/service.ts';

const ROOT = resolve(import.meta.dirname, '../..');
let service: Service;
let token: string;

beforeAll(async () => {
  service = await launchService();
  token = await tokenOf(service.stack.running.issuer, 'smoke');
}, 120_000);
afterAll(() => service.stop());

const smoke = (...words: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> =>
  new Promise((finish) => {
    execFile(
      process.execPath,
      ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'ops/smoke/index.ts', ...words],
      { cwd: ROOT },
      (error, stdout, stderr) => finish({ code: error?.code ?? 0, stdout, stderr }),
    );
  });

const notificationsOf = async (userId: string): Promise<unknown[]> => {
  const { Items = [] } = await service.target.clients.dynamoDb.send(
    new QueryCommand({
      TableName: service.stack.refOf('NotificationsTable'),
      KeyConditionExpression: 'userId = :userId',
      ExpressionAttributeValues: { ':userId': userId },
    }),
  );
  return Items;
};

const postsOf = async (userId: string): Promise<unknown[]> => {
  const answer = await fetch(`${service.stack.running.apiUrl}/users/${userId}/posts`);
  return z.object({ items: z.array(z.unknown()) }).parse(await answer.json()).items;
};

const alarmsThatFire = async (): Promise<unknown[]> => {
  await service.command('POST', '/alarms/evaluate');
  const answer = await fetch(`${service.stack.running.consoleUrl}/alarms`);
  return z
    .array(z.looseObject({ state: z.string() }))
    .parse(await answer.json())
    .filter(({ state }) => state === 'ALARM');
};

test('passes on a service that works, leaves nothing, tells nobody, and fires no alarm', async () => {
  const { code, stdout, stderr } = await smoke('--api', service.stack.running.apiUrl, '--token', token);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const stage of ['write', 'read', 'search', 'remove', 'forget']) expect(stdout).toContain(`✓ ${stage}`);
  await service.stack.untilQuiet(10_000);
  expect(await postsOf('smoke')).toEqual([]);
  expect(await notificationsOf('smoke')).toEqual([]);
  expect(await alarmsThatFire()).toEqual([]);
}, 30_000);

test('names the stage at which a post got stuck, and removes it', async () => {
  const environment = '/functions/SearchIndexingLambdaFunction/environment';
  await service.command('POST', environment, 'SEARCH_TABLE=nowhere');
  const words = ['--api', service.stack.running.apiUrl, '--token', token, '--timeout', '2'];
  const { code, stdout, stderr } = await smoke(...words);
  await service.command('DELETE', environment);
  expect(code).toBe(1);
  expect(stdout).toContain('✓ read');
  expect(stdout).not.toContain('search');
  expect(stderr).toContain('failed at the stage "search". After 2 s search did not find the post.');
  expect(stderr).toMatch(/for its correlation id smoke-test\.smoketest[0-9a-f]+\./);
  expect(await postsOf('smoke')).toEqual([]);
}, 30_000);

test('names the stage "write" when the token is none', async () => {
  const { code, stderr } = await smoke('--api', service.stack.running.apiUrl, '--token', 'none');
  expect(code).toBe(1);
  expect(stderr).toContain('failed at the stage "write". POST /posts answered 401 instead of 201');
});

test('names the stage "write" when nobody answers', async () => {
  const { code, stderr } = await smoke('--api', 'http://127.0.0.1:9', '--token', token);
  expect(code).toBe(1);
  expect(stderr).toContain('failed at the stage "write". POST /posts got no response');
});

test.each([
  [[], '--api must be an http or https URL'],
  [['--api', 'nonsense', '--token', 'x'], '--api must be an http or https URL'],
  [['--api', 'http://127.0.0.1:9'], '--token is missing'],
  [['--api', 'http://127.0.0.1:9', '--token', 'x', '--timeout', 'soon'], '--timeout must be a number'],
  [['--stage', 'dev'], "Unknown option '--stage'"],
])('%j is refused with what to do', async (words, reason) => {
  const { code, stderr } = await smoke(...words);
  expect({ code, stack: stderr.includes('    at ') }).toEqual({ code: 2, stack: false });
  expect(stderr).toContain(reason);
});
