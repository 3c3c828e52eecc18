import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileEventStore, type QueuedEvent } from '../../src/asynchronous-invocation/index.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'asynchronous-events-'));
});
afterEach(() => rm(directory, { recursive: true }));

const event = (requestId: string, acceptedAt: number): QueuedEvent => ({
  ...{ requestId, functionName: 'worker', payload: { of: requestId } },
  ...{ acceptedAt, invocations: 0, setbacks: 0, nextAt: acceptedAt },
});

test('keeps events until they are removed, oldest first', async () => {
  const store = fileEventStore(join(directory, 'events'));
  expect(store.load()).toEqual([]);
  store.save(event('b', 2));
  store.save(event('a', 1));
  store.save(event('c', 3));
  store.save({ ...event('b', 2), invocations: 1, nextAt: 60_000 });
  store.remove('c');

  const again = fileEventStore(join(directory, 'events'));
  expect(again.load()).toEqual([event('a', 1), { ...event('b', 2), invocations: 1, nextAt: 60_000 }]);
  again.remove('a');
  again.remove('b');
  expect(await readdir(join(directory, 'events'))).toEqual([]);
});

test('names an event that is damaged', async () => {
  fileEventStore(directory).save(event('a', 1));
  await writeFile(join(directory, 'a.json'), '{"requestId":');
  expect(() => fileEventStore(directory).load()).toThrow(/a\.json is damaged/);
});
