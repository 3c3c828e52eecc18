import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileCheckpoints } from '../../src/event-source-mappings/index.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'checkpoints-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('keeps the last checkpoint of every shard of every mapping', async () => {
  const store = fileCheckpoints(directory);
  expect(await store.load('m1')).toEqual(new Map());
  await store.save('m1', 'shard/1', { lanes: ['5', null], done: false });
  await store.save('m1', 'shard/1', { lanes: ['7', '6'], done: false });
  await store.save('m1', 'shard-2', { lanes: ['1', '1'], done: true });
  await store.load('m2');
  await store.save('m2', 'shard-2', { lanes: [null], done: false });

  const again = fileCheckpoints(directory);
  expect(await again.load('m1')).toEqual(
    new Map([
      ['shard/1', { lanes: ['7', '6'], done: false }],
      ['shard-2', { lanes: ['1', '1'], done: true }],
    ]),
  );
  expect(await again.load('m2')).toEqual(new Map([['shard-2', { lanes: [null], done: false }]]));
});

test('a shorter checkpoint replaces a longer one, and a longer one a shorter', async () => {
  const store = fileCheckpoints(directory);
  await store.load('m');
  const kept = async (lanes: (string | null)[]) => {
    await store.save('m', 's', { lanes, done: false });
    return (await fileCheckpoints(directory).load('m')).get('s')?.lanes;
  };
  for (const lanes of [['12345', '12345'], [null], ['1'], ['123456789', '123456789', null]]) {
    expect(await kept(lanes)).toEqual(lanes);
  }
});

test('a write cut off by a kill leaves the checkpoint before it', async () => {
  const store = fileCheckpoints(directory);
  await store.load('m');
  await store.save('m', 's', { lanes: ['5'], done: false });
  const [name = ''] = await readdir(join(directory, 'm'));
  await writeFile(join(directory, 'm', `${name}.new`), '{"shardId":"s","la');
  expect(await fileCheckpoints(directory).load('m')).toEqual(new Map([['s', { lanes: ['5'], done: false }]]));
});

test('a damaged checkpoint is named, not taken for a new start', async () => {
  const store = fileCheckpoints(directory);
  await store.load('m');
  await store.save('m', 's', { lanes: ['5'], done: false });
  const [name = ''] = await readdir(join(directory, 'm'));
  await writeFile(join(directory, 'm', name), '{"lanes":[]}');
  await expect(store.load('m')).rejects.toThrow(/s\.json is damaged: remove it/);
});
