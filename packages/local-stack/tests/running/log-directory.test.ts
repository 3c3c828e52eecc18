import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLogDirectory } from '../../src/log-directory.ts';

const directory = mkdtempSync(join(tmpdir(), 'logs-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const linesOf = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];

test('every line is in its file in order, after lines of an earlier start', async () => {
  const place = join(directory, 'order');
  for (const start of [0, 1]) {
    const logs = openLogDirectory(place, () => {});
    for (let line = 0; line < 500; line += 1) {
      logs.write('one', `${start} ${line}`);
      logs.write('other', `${start} ${line}`);
    }
    await logs.close();
  }
  const expected = [0, 1].flatMap((start) => Array.from({ length: 500 }, (_, line) => `${start} ${line}`));
  expect(linesOf(join(place, 'one.log'))).toEqual(expected);
  expect(linesOf(join(place, 'other.log'))).toEqual(expected);
});

test('a file does not grow without bound, and the latest lines are kept', async () => {
  const place = join(directory, 'bound');
  const maxBytes = 10_000;
  const logs = openLogDirectory(place, () => {}, maxBytes);
  const written: string[] = [];
  for (let line = 0; line < 2_000; line += 1) {
    written.push(`line ${line} ${'x'.repeat(60)}`);
    logs.write('long', written.at(-1) ?? '');
    if (line % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await logs.close();
  const [old, current] = [join(place, 'long.log.1'), join(place, 'long.log')];
  const kept = [...linesOf(old), ...linesOf(current)];
  expect(kept).toEqual(written.slice(-kept.length));
  expect(kept.length).toBeGreaterThan(maxBytes / 100);
  for (const file of [old, current]) {
    if (existsSync(file)) expect(statSync(file).size).toBeLessThan(3 * maxBytes);
  }
});

test('a file that cannot be written costs its own lines, is told once, and is taken up again', async () => {
  const place = join(directory, 'failing');
  const failures: string[] = [];
  const logs = openLogDirectory(place, (file) => failures.push(file));
  mkdirSync(join(place, 'bad.log'));
  for (let line = 0; line < 3; line += 1) {
    logs.write('bad', `${line}`);
    logs.write('good', `${line}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(failures).toEqual([join(place, 'bad.log')]);
  rmSync(join(place, 'bad.log'), { recursive: true });
  logs.write('bad', 'again');
  await logs.close();
  expect(linesOf(join(place, 'good.log'))).toEqual(['0', '1', '2']);
  expect(linesOf(join(place, 'bad.log'))).toEqual(['again']);
});

test('a line that comes after the end is dropped', async () => {
  const place = join(directory, 'closed');
  const logs = openLogDirectory(place, () => {
    throw new Error('nothing fails');
  });
  logs.write('a', 'before');
  await logs.close();
  logs.write('a', 'after');
  logs.write('b', 'after');
  expect(linesOf(join(place, 'a.log'))).toEqual(['before']);
  expect(existsSync(join(place, 'b.log'))).toBe(false);
});
