import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { createClients } from '../../src/clients.ts';
import { systemClock } from '../../src/clock.ts';
import { type LaunchedStack, launchStack } from '../../src/launch.ts';
import { isLocked } from '../../src/lock.ts';
import { findRunningStack } from '../../src/running-stack.ts';
import { stateDirectory } from '../../src/state-directory.ts';
import { processesOn, until } from './support/processes.ts';
import { serviceCopy } from './support/service.ts';

const service = serviceCopy();
const dataDirectory = join(service.directory, 'data');
const state = stateDirectory(dataDirectory);
let stack: LaunchedStack | undefined;

const launch = async (): Promise<LaunchedStack> => {
  stack = await launchStack({ serviceDirectory: service.directory, dataDirectory });
  return stack;
};

const logOf = (functionName: string): string => {
  const file = join(state.logs, `ends-dev-${functionName}.log`);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};

/** How often a line stands in the log of the queue's reader. */
const timesLogged = (line: string): number =>
  logOf('worker')
    .split('\n')
    .filter((other) => other === line).length;

const send = async ({ running, refOf }: LaunchedStack, body: string): Promise<void> => {
  const clients = createClients(running.endpoints, 'us-east-1');
  await clients.sqs.send(new SendMessageCommand({ QueueUrl: refOf('Work'), MessageBody: body }));
  clients.destroy();
};

const expectNothingLeft = async () => {
  expect(await processesOn(dataDirectory)).toEqual([]);
  expect(isLocked(state.lock)).toBe(false);
  expect(findRunningStack(state)).toBeUndefined();
  expect(existsSync(state.runningStack)).toBe(false);
};

afterEach(async () => {
  await stack?.kill();
});
afterAll(service.remove);

describe('a stop under load', () => {
  /** Calls the API from many sides until it takes no more connections. Resolves with what came of each call. */
  const load = async (url: string): Promise<(number | 'refused' | 'cut')[]> => {
    const outcomes: (number | 'refused' | 'cut')[] = [];
    const caller = async (number: number) => {
      for (let count = 0; ; count += 1) {
        const outcome = await fetch(`${url}/put?id=${number}-${count}`, { method: 'POST' }).then(
          async (response) => {
            await response.arrayBuffer();
            return response.status;
          },
          (error: Error) => (String(error.cause).includes('ECONNREFUSED') ? 'refused' : 'cut'),
        );
        outcomes.push(outcome);
        if (outcome === 'refused' || outcome === 'cut') return;
      }
    };
    await Promise.all(Array.from({ length: 12 }, (_, number) => caller(number)));
    return outcomes;
  };

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s answers what is under way and ends with 0',
    async (signal) => {
      const running = await launch();
      const before = logOf('reader').length;
      const loaded = load(running.running.apiUrl);
      await until('requests come through', () => logOf('reader').length > before + 2_000);
      expect(await running.stop(signal)).toBe(0);
      const outcomes = await loaded;
      // A connection may have been opened but not yet have carried a request when the server closed.
      expect(outcomes.filter((outcome) => outcome === 200).length).toBeGreaterThan(12);
      expect(outcomes.filter((outcome) => typeof outcome === 'number' && outcome !== 200)).toEqual([]);
      await expectNothingLeft();
    },
    60_000,
  );

  test('waits for a request that takes its time', async () => {
    const { running, stop } = await launch();
    const slow = fetch(`${running.apiUrl}/wait?ms=1500`).then((response) => response.text());
    await fetch(`${running.apiUrl}/wait?ms=0`);
    expect(await stop('SIGTERM')).toBe(0);
    expect(await slow).toBe('waited');
  }, 120_000);

  test('takes a signal that comes twice, as from a terminal and from npm, for one', async () => {
    const { running, processId, stop } = await launch();
    const slow = fetch(`${running.apiUrl}/wait?ms=1000`).then((response) => response.text());
    await fetch(`${running.apiUrl}/wait?ms=0`);
    process.kill(processId, 'SIGINT');
    expect(await stop('SIGINT')).toBe(0);
    expect(await slow).toBe('waited');
    await expectNothingLeft();
  }, 120_000);

  test('is cut short by a second Ctrl-C', async () => {
    const running = await launch();
    await send(running, 'slow');
    await until('the message is at the function', () => logOf('worker').includes('began slow'));
    process.kill(running.processId, 'SIGINT');
    await systemClock.sleep(1_100);
    const again = Date.now();
    expect(await running.stop('SIGINT')).toBeNull();
    expect(Date.now() - again).toBeLessThan(3_000);
    await until('its engine is gone, too', async () => (await processesOn(dataDirectory)).length === 0);
  }, 120_000);
});

test('a stack that is killed while it stops is known to have crashed: its messages come again at once', async () => {
  const first = await launch();
  await send(first, 'slow');
  const before = timesLogged('began slow');
  await until('the message is at the function', () => timesLogged('began slow') > before);
  process.kill(first.processId, 'SIGTERM');
  await until('it stops', () =>
    fetch(first.running.apiUrl).then(
      () => false,
      () => true,
    ),
  );
  // The batch at the function is still waited for.
  expect(existsSync(state.runningStack)).toBe(true);
  await first.kill();
  const second = await launch();
  // Not after the visibility timeout of three minutes.
  await until('the message comes again', () => timesLogged('began slow') > before + 1);
  await second.kill();
}, 120_000);

describe('the end of whoever started it', () => {
  test('npm that is told to end leaves no stack behind', async () => {
    const ports = ['http', 'identity', 'lambda', 'console', 'messaging', 'dynamodb'].flatMap((part) => [
      `--${part}Port`,
      '0',
    ]);
    const npm = spawn('npm', ['start', '--', '--dataDirectory', dataDirectory, ...ports], {
      cwd: service.directory,
      stdio: 'ignore',
    });
    const ended = once(npm, 'exit');
    try {
      await until('the stack runs', () => findRunningStack(state) !== undefined, 60);
    } finally {
      npm.kill('SIGTERM');
    }
    await ended;
    await until('the stack has ended in order', () => !isLocked(state.lock));
    await until('its processes are gone', async () => (await processesOn(dataDirectory)).length === 0);
    await expectNothingLeft();
  }, 120_000);

  test('a launcher that is killed takes its stack along, which ends in order', async () => {
    const launcher = spawn(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { launchStack } from ${JSON.stringify(new URL('../../src/launch.ts', import.meta.url).href)};
         await launchStack({ serviceDirectory: ${JSON.stringify(service.directory)}, dataDirectory: ${JSON.stringify(dataDirectory)} });
         console.log('ready');
         setInterval(() => {}, 60_000);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(launcher.stdout, 'data');
    expect(findRunningStack(state)).toBeDefined();
    launcher.kill('SIGKILL');
    await until('the stack has ended in order', () => !isLocked(state.lock));
    await until('its processes are gone', async () => (await processesOn(dataDirectory)).length === 0);
    await expectNothingLeft();
  }, 120_000);
});
