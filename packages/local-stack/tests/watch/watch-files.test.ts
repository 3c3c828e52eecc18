import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileWatch, watchFiles } from '../../src/watch/watch-files.ts';

let directory: string;
let watch: FileWatch | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'watched-'));
  await mkdir(join(directory, 'functions'));
});
afterEach(async () => {
  watch?.close();
  await rm(directory, { recursive: true });
});

test('what was saved before the watch began, but after the sources were read, is told', async () => {
  const since = Date.parse('2026-01-15T10:00:00Z');
  const saved = async (name: string, at: number) => {
    const file = join(directory, name);
    await writeFile(file, '');
    await utimes(file, at / 1_000, at / 1_000);
    return file;
  };
  await saved('functions/before.ts', since - 1_000);
  const after = await saved('functions/after.ts', since + 1_000);
  const told: string[] = [];
  watch = await watchFiles(directory, since, (files) => told.push(...files));
  expect(told).toEqual([after]);
});

test('files of a folder that is made later are told', async () => {
  const told = Promise.withResolvers<void>();
  const wanted = join(directory, 'functions/new/handler.ts');
  watch = await watchFiles(directory, Date.now() + 60_000, (files) => {
    if (files.includes(wanted)) told.resolve();
  });
  await mkdir(join(directory, 'functions/new'));
  const write = setInterval(() => void writeFile(wanted, ''), 20);
  await told.promise;
  clearInterval(write);
});
