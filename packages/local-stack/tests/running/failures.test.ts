import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { LaunchedStack } from '../../src/launch.ts';
import { processesOn, until } from './support/processes.ts';
import { testStacks } from './support/stacks.ts';

const { state, launch, end, remove } = testStacks();
afterEach(end);
afterAll(remove);

const Status = z.object({
  engines: z.array(z.object({ name: z.string(), answers: z.boolean(), restarts: z.number() })),
});

const statusOf = async ({ running }: LaunchedStack) => {
  const response = await fetch(`${running.consoleUrl}/status`);
  const { engines } = Status.parse(await response.json());
  return { status: response.status, dynamoDb: engines.find(({ name }) => name === 'DynamoDB') };
};

/** The process of the embedded DynamoDB itself, not of the shell that watches it. */
const databaseProcess = async (): Promise<number> => {
  const processes = await processesOn(state.engines);
  return (
    processes.find(({ command }) => /dynoxide\S* serve/.test(command) && !command.startsWith('sh'))?.id ?? 0
  );
};

const logOf = (name: string): string => {
  const file = join(state.logs, `${name}.log`);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};

describe('a DynamoDB engine that ends by itself', () => {
  test('is started again with its data, and both are told', async () => {
    const stack = await launch();
    const put = async (id: string) => (await fetch(`${stack.running.apiUrl}/put?id=${id}`)).status;
    expect(await put('before')).toBe(200);
    expect(await statusOf(stack)).toMatchObject({ status: 200, dynamoDb: { restarts: 0 } });
    process.kill(await databaseProcess(), 'SIGKILL');
    await until('it runs again', () => stack.output().includes('DynamoDB runs again'));
    expect(stack.output()).toMatch(/DynamoDB ended \(.*\) and is started again/);
    expect(await statusOf(stack)).toMatchObject({ status: 200, dynamoDb: { answers: true, restarts: 1 } });
    expect(await put('after')).toBe(200);
    await until('the stream is read on', () => logOf('ends-dev-reader').includes('read after'));
    expect(logOf('ends-dev-reader')).toContain('read before');
    expect(await stack.stop()).toBe(0);
  }, 120_000);

  test('and does not stay, ends the stack in order, with the reason', async () => {
    const stack = await launch();
    for (let count = 1; count <= 6; count += 1) {
      process.kill(await databaseProcess(), 'SIGKILL');
      const runsAgain = () => stack.output().split('DynamoDB runs again').length > count;
      await until(
        'it runs again or is given up',
        () => runsAgain() || stack.output().includes('within a minute'),
      );
    }
    expect(await stack.ended).toBe(1);
    expect(stack.output()).toMatch(/DynamoDB ended 6 times within a minute/);
    expect(existsSync(state.runningStack)).toBe(false);
    expect(await processesOn(state.root)).toEqual([]);
  }, 120_000);

  test('or only does not answer, is seen in the status', async () => {
    const stack = await launch();
    const id = await databaseProcess();
    process.kill(id, 'SIGSTOP');
    expect(await statusOf(stack)).toMatchObject({ status: 503, dynamoDb: { answers: false } });
    process.kill(id, 'SIGCONT');
    expect(await statusOf(stack)).toMatchObject({ status: 200, dynamoDb: { answers: true } });
  }, 120_000);
});

// A device that is always full, which only Linux has.
(existsSync('/dev/full') ? test : test.skip)(
  'a full disk costs log lines, and that is told',
  async () => {
    rmSync(state.logs, { recursive: true, force: true });
    mkdirSync(state.logs, { recursive: true });
    for (const name of ['api-access', 'ends-dev-api', 'alarms'])
      symlinkSync('/dev/full', join(state.logs, `${name}.log`));
    const stack = await launch();
    for (let count = 0; count < 3; count += 1) {
      expect((await fetch(`${stack.running.apiUrl}/say?text=hello`)).status).toBe(200);
    }
    await until('it is told', () => stack.output().includes('api-access.log cannot be written'));
    expect(stack.output()).toContain('ENOSPC');
    expect(stack.output().split('api-access.log cannot be written')).toHaveLength(2);
    expect(await stack.stop()).toBe(0);
    rmSync(state.logs, { recursive: true, force: true });
  },
  120_000,
);

test('nothing that a request or a function says is obeyed by the terminal', async () => {
  const stack = await launch({ commandOptions: { quiet: false } });
  const hostile = '\u001b[31m\u009b2J\u202e\u0007\rforged';
  const text = encodeURIComponent(`${hostile} end of it`);
  expect((await fetch(`${stack.running.apiUrl}/say?text=${text}`)).status).toBe(200);
  await fetch(`${stack.running.apiUrl}/${text}`);
  // Printed for a function that fails, with what it said.
  await fetch(`${stack.running.apiUrl}/fail?text=${text}`);
  await until('it is printed', () => stack.output().split('end of it').length > 2);
  expect(stack.output()).toContain('\\u001b[31m\\u009b2J\\u202e\\u0007\\u000dforged end of it');
  const status = await (await fetch(`${stack.running.consoleUrl}/${text}`)).text();
  for (const shown of [
    stack.output().replaceAll('\n', ''),
    logOf('api-access').replaceAll('\n', ''),
    status,
  ]) {
    expect(shown).not.toMatch(/[\p{Cc}\u202e]/u);
  }
}, 120_000);
