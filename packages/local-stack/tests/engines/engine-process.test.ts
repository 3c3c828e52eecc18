import { execFileSync } from 'node:child_process';
import { startEngineProcess } from '../../src/engines/engine-process.ts';

/** A program that says it runs and goes on, until `body` ends it. */
const program = (body: string, platform: NodeJS.Platform) => {
  const engine = startEngineProcess(
    process.execPath,
    ['--eval', `setInterval(() => {}, 60_000); ${body}; console.error('runs ' + process.pid)`],
    { NODE_OPTIONS: '' },
    platform,
  );
  const runs = new Promise<number>((resolve) => {
    engine.onOutput((text) => {
      const [, id] = /runs (\d+)/.exec(text) ?? [];
      if (id) resolve(Number(id));
    });
  });
  return { engine, runs };
};

/** A process that has ended but that nobody has asked for its status yet runs no more. */
const isRunning = (id: number): boolean => {
  try {
    return !execFileSync('ps', ['-o', 'stat=', '-p', `${id}`])
      .toString()
      .startsWith('Z');
  } catch {
    return false;
  }
};

// The way of Windows needs nothing of Windows, except that the system ends the program with its parent.
describe.each<NodeJS.Platform>(['linux', 'darwin', 'win32'])('as on %s', (platform) => {
  test('a program is ended, and told to be', async () => {
    const { engine, runs } = program('', platform);
    const id = await runs;
    await engine.stop();
    expect(isRunning(id)).toBe(false);
    await engine.stop();
  });

  test('the end of a program by itself is told', async () => {
    const { engine, runs } = program('process.exitCode = 3; setTimeout(() => process.exit(), 50)', platform);
    await runs;
    expect(await engine.ended).toBe('exit status 3');
    await engine.stop();
  });

  test('a program that cannot be started is told', async () => {
    const engine = startEngineProcess('/does/not/exist', [], {}, platform);
    expect(await engine.ended).toMatch(/exit status 127|ENOENT/);
    await engine.stop();
  });
});

test('a program that does not listen is ended by force', async () => {
  const { engine, runs } = program(`process.on('SIGTERM', () => {})`, process.platform);
  const id = await runs;
  await engine.stop();
  expect(isRunning(id)).toBe(false);
}, 20_000);
