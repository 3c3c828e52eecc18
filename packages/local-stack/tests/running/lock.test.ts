import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLocked, tryLock, withLock } from '../../src/lock.ts';

const directory = mkdtempSync(join(tmpdir(), 'lock-'));
const file = join(directory, 'a.lock');
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A process that runs `body` with the functions of `lock.ts` and the lock's file at hand. */
const run = (body: string): ChildProcess =>
  spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import { readFileSync, writeFileSync } from 'node:fs';
       import { isLocked, tryLock, withLock } from ${JSON.stringify(new URL('../../src/lock.ts', import.meta.url).href)};
       const file = ${JSON.stringify(file)};
       ${body}`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );

const HOLD = `if (tryLock(file)) console.log('held'); setInterval(() => {}, 60_000);`;

const holder = async (): Promise<ChildProcess> => {
  const child = run(HOLD);
  if (child.stdout) await once(child.stdout, 'data');
  return child;
};

const kill = async (child: ChildProcess): Promise<void> => {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
};

test('a lock ends with the process that holds it, however that ends', async () => {
  const child = await holder();
  expect(isLocked(file)).toBe(true);
  expect(tryLock(file)).toBeUndefined();
  await kill(child);
  expect(isLocked(file)).toBe(false);
  const lock = tryLock(file);
  expect(lock).toBeDefined();
  expect(tryLock(file)).toBeUndefined();
  lock?.release();
  expect(isLocked(file)).toBe(false);
});

test('a file that nobody has locked is not locked, whatever is in it, and is not made by a look', () => {
  expect(isLocked(join(directory, 'none.lock'))).toBe(false);
  expect(() => readFileSync(join(directory, 'none.lock'))).toThrow('ENOENT');
  const old = join(directory, 'old.lock');
  writeFileSync(old, `${process.pid}`);
  expect(isLocked(old)).toBe(false);
});

test('a file that cannot be locked is named, with what it must be', () => {
  const missing = join(directory, 'missing', 'a.lock');
  expect(() => tryLock(missing)).toThrow(`${missing} cannot be locked`);
});

test('many processes work under a lock one after the other, also when holders are killed', async () => {
  const counter = join(directory, 'counter');
  writeFileSync(counter, '0');
  const victims = await Promise.all([holder()]);
  // Reads and writes apart: two at a time would lose a count.
  const workers = Array.from({ length: 4 }, () =>
    run(`for (let count = 0; count < 25; count += 1) {
           await withLock(file, async () => {
             const value = Number(readFileSync(${JSON.stringify(counter)}, 'utf8'));
             await new Promise((resolve) => setTimeout(resolve, 1));
             writeFileSync(${JSON.stringify(counter)}, String(value + 1));
           });
         }`),
  );
  const done = Promise.all(workers.map((worker) => once(worker, 'exit')));
  await Promise.all(victims.map(kill));
  expect((await done).map(([code]) => code)).toEqual([0, 0, 0, 0]);
  expect(readFileSync(counter, 'utf8')).toBe('100');
}, 60_000);

test('looks at a lock never keep another process from taking it', async () => {
  const looker = run(`console.log('looks'); for (;;) isLocked(file);`);
  if (looker.stdout) await once(looker.stdout, 'data');
  for (let count = 0; count < 200; count += 1) {
    const lock = tryLock(file);
    expect(lock).toBeDefined();
    lock?.release();
  }
  await kill(looker);
}, 60_000);

test('whoever waits for a lock says so, once', async () => {
  const child = await holder();
  let waits = 0;
  const done = withLock(
    file,
    async () => 'done',
    () => {
      waits += 1;
    },
  );
  await kill(child);
  expect(await done).toBe('done');
  expect(waits).toBe(1);
});
