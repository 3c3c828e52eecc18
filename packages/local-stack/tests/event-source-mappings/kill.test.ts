import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eventSourceMappingId, fileCheckpoints } from '../../src/event-source-mappings/index.ts';
import { laneOf } from '../../src/event-source-mappings/streams/record.ts';
import { createStreamedTable, type Engines, putItems, startEngines } from './support/engines.ts';

const consumer = fileURLToPath(new URL('./support/consumer.ts', import.meta.url));
const total = 5000;
const lanes = 4;
const batchSize = 20;
const kills = 4;

let engines: Engines;
let child: ChildProcess | undefined;
beforeAll(async () => {
  engines = await startEngines();
});
afterAll(async () => {
  if (child && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await engines.stop();
});

/** Runs the consumer until `enough` says so of its lines, and kills it. A file keeps what it said before. */
async function consume(args: string[], enough: (lines: string[]) => boolean): Promise<string[]> {
  const output = join(engines.directory, 'output');
  const file = openSync(output, 'w');
  child = spawn(process.execPath, ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', consumer, ...args], {
    stdio: ['ignore', file, 'inherit'],
  });
  closeSync(file);
  const exited = once(child, 'exit');
  const lines = async () => (await readFile(output, 'utf8')).split('\n').filter((line) => line !== '');
  while (!enough(await lines())) {
    if (child.exitCode !== null) throw new Error(`The consumer ended with ${child.exitCode}`);
    await sleep(10);
  }
  child.kill('SIGKILL');
  await exited;
  return await lines();
}

test('a consumer killed at random moments loses nothing and repeats only what was not checkpointed', async () => {
  const streamArn = await createStreamedTable(engines.dynamodb, 'killed');
  await putItems(engines.dynamodb, 'killed', total);
  const directory = join(engines.directory, 'checkpoints');
  const store = fileCheckpoints(directory);
  const args = [engines.dynamodbEndpoint, streamArn, directory, String(lanes), String(batchSize)];

  const delivered = new Set<string>();
  const repeated: string[] = [];
  const repeatedThoughCheckpointed: string[] = [];
  let through: readonly (string | null)[] = [];

  for (let run = 0; run <= kills; run += 1) {
    const moment = run < kills ? 1 + Math.floor((Math.random() * total) / kills) : Number.POSITIVE_INFINITY;
    const isEverything = (lines: string[]) =>
      lines.length + delivered.size >= total && new Set([...delivered, ...lines]).size === total;
    for (const line of await consume(args, (lines) => lines.length >= moment || isEverything(lines))) {
      const [record = '', key = ''] = line.split(' ');
      const checkpoint = through[laneOf({ pk: { S: key } }, lanes)] ?? null;
      if (checkpoint !== null && BigInt(record) <= BigInt(checkpoint))
        repeatedThoughCheckpointed.push(record);
      if (delivered.has(line)) repeated.push(record);
      delivered.add(line);
    }
    const [checkpoint] = (await store.load(eventSourceMappingId('Consumer', streamArn))).values();
    through = checkpoint?.lanes ?? [];
  }

  expect(delivered.size).toBe(total);
  expect(repeatedThoughCheckpointed).toEqual([]);
  // A kill costs at most the batch that each lane had at the function.
  expect(repeated.length).toBeLessThanOrEqual(kills * lanes * batchSize);
}, 60_000);
