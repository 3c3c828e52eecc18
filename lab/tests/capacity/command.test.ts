import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { readFacts } from '../../capacity/facts.ts';
import { countOf, parametersOf, stageOf } from '../../planning-options.ts';

const lab = join(import.meta.dirname, '..', '..');
const run = async (tool: 'capacity' | 'cost', ...words: string[]) => {
  const command = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', join(lab, tool, 'index.ts'), ...words];
  const failed = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });
  return promisify(execFile)(process.execPath, command).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: unknown) => failed.parse(error),
  );
};

test('counts are read as people write them, and nothing else is', () => {
  expect(['50', '2.5', '10k', '1M', '1,000,000'].map((text) => countOf('n', text, 1e6))).toEqual([
    50, 2.5, 10_000, 1_000_000, 1_000_000,
  ]);
  for (const text of ['0', '-1', '1e3', '10,00', '2M', 'many', '', '1 k'])
    expect(() => countOf('n', text, 1e6)).toThrow(`is "${text}"`);
  expect(() => countOf('n', undefined, 1e6)).toThrow('--n <n>');
  expect(() => parametersOf(['concurrency'])).toThrow('name=value');
  expect(parametersOf(['concurrency=20', 'alarmEmail=a=b'])).toEqual({
    concurrency: '20',
    alarmEmail: 'a=b',
  });
  expect(() => stageOf('no_good')).toThrow('no_good');
});

test('the template says what the model works with', async () => {
  const facts = await readFacts('dev', { batchingWindow: '2', tracing: 'PassThrough', logLevel: 'WARN' });
  expect(facts).toMatchObject({
    stream: { functionKey: 'broadcaster', batchSize: 100, windowSeconds: 2, parallelizationFactor: 1 },
    routeRateLimit: 100,
    tracing: false,
    logsEvents: false,
    tables: { PostsTable: { indexes: 1 }, SearchIndexTable: { indexes: 0 } },
  });
  expect(facts.queues.map(({ functionKey }) => functionKey).toSorted()).toEqual([
    'contentModeration',
    'pushNotifications',
    'searchIndexing',
  ]);
  for (const queue of facts.queues)
    expect(queue).toMatchObject({ batchSize: 10, windowSeconds: 2, maximumConcurrency: 10 });
});

test('both commands tell a rate as a table and as JSON', async () => {
  const [capacity, cost] = await Promise.all([
    run('capacity', '--posts-per-second', '50'),
    run('cost', '--posts-per-day', '1M', '--json'),
  ]);
  expect(capacity).toMatchObject({ code: 0, stderr: '' });
  expect(capacity.stdout).toContain('What binds, first to last:');
  expect(cost).toMatchObject({ code: 0, stderr: '' });
  const { bills, windows } = z
    .object({
      bills: z.object({ broadcast: z.object({ total: z.number() }) }),
      windows: z.array(z.unknown()),
    })
    .parse(JSON.parse(cost.stdout));
  expect(bills.broadcast.total).toBeGreaterThan(0);
  expect(windows).toHaveLength(3);
});

test.each([
  ['capacity', ['--posts-per-second', 'many'], '--posts-per-second: must be'],
  ['capacity', [], 'how many? --posts-per-second'],
  ['cost', ['--posts-per-day', '1M', '--topic-sends', 'maybe'], '--topic-sends: must be'],
  ['cost', ['--posts', '1'], "Unknown option '--posts'"],
] as const)('%s %j is refused in a sentence', async (tool, words, sentence) => {
  const { code, stdout, stderr } = await run(tool, ...words);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(sentence);
  expect(stderr).not.toContain('    at ');
});
