import type { Engine } from '../../src/engines/engine.ts';
import { keepRunning } from '../../src/engines/keep-running.ts';

/** Engines that end when they are told to, and record what was asked of them. */
const world = () => {
  const started: { port: number; crash(how: string): void; isStopped: boolean }[] = [];
  const told: string[] = [];
  const losses: string[] = [];
  let failures = 0;
  const start = async (port: number): Promise<Engine> => {
    if (failures > 0) {
      failures -= 1;
      throw new Error('the port is in use');
    }
    const end = Promise.withResolvers<string>();
    const engine = { port, crash: end.resolve, isStopped: false };
    started.push(engine);
    return {
      endpoint: `http://127.0.0.1:${port || 4711}`,
      ended: end.promise,
      stop: async () => {
        engine.isStopped = true;
        end.resolve('stopped');
      },
    };
  };
  return {
    started,
    told,
    losses,
    failNext: (count: number) => {
      failures = count;
    },
    kept: keepRunning({
      name: 'DynamoDB',
      start,
      port: 0,
      tell: (line) => told.push(line),
      onLoss: (reason) => losses.push(reason),
      clock: { now: () => 0, sleep: async () => {} },
    }),
  };
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('an engine that ends by itself is started again on its port, and both are told', async () => {
  const { started, told, losses, kept } = world();
  const engine = await kept;
  started[0]?.crash('signal SIGKILL');
  await turn();
  expect(started.map(({ port }) => port)).toEqual([0, 4711]);
  expect(told).toEqual(['DynamoDB ended (signal SIGKILL) and is started again', 'DynamoDB runs again']);
  expect(engine.restarts()).toBe(1);
  expect(losses).toEqual([]);
  await engine.stop();
  expect(started[1]?.isStopped).toBe(true);
  expect(started).toHaveLength(2);
});

test('a start that fails is tried again', async () => {
  const { started, told, failNext, kept } = world();
  const engine = await kept;
  failNext(2);
  started[0]?.crash('exit status 1');
  await turn();
  expect(started).toHaveLength(2);
  expect(told).toContain('DynamoDB ended (the port is in use) and is started again');
  await engine.stop();
});

test('an engine that does not stay is given up, and that is told once', async () => {
  const { started, losses, kept } = world();
  const engine = await kept;
  for (let count = 0; count < 10; count += 1) {
    started.at(-1)?.crash('exit status 1');
    await turn();
  }
  expect(losses).toEqual(['DynamoDB ended 6 times within a minute, the last time by exit status 1']);
  expect(started).toHaveLength(6);
  await engine.stop();
});

test('an engine that is stopped is not started again', async () => {
  const { started, told, kept } = world();
  const engine = await kept;
  await engine.stop();
  await turn();
  expect(started).toHaveLength(1);
  expect(told).toEqual([]);
});
