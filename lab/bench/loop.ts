import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { copyService, serviceDirectory } from '../../scripts/service-copy.ts';

import { type Row, runAlone } from './support/row.ts';
import { percentile } from './support/statistics.ts';

const SAVES = 40;
const FIRST_START_SECONDS = 7;
const NEXT_START_SECONDS = 2;
const SAVED_P95_MS = 500;
const PORTS = ['http', 'identity', 'lambda', 'console', 'messaging', 'dynamodb'];

interface Started {
  apiUrl: string;
  seconds: number;
  stop(): Promise<void>;
}

/** Runs `local-stack start`, as `npm start` does, and waits until it says that it is ready. */
const start = async (directory: string): Promise<Started> => {
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [
      join(serviceDirectory, 'packages/local-stack/bin.cjs'),
      ...['start', '--quiet'],
      ...PORTS.flatMap((part) => [`--${part}Port`, '0']),
    ],
    { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    const [, apiUrl] = /HTTP API\s+(http:\S+)/.exec(line) ?? [];
    if (apiUrl === undefined) continue;
    child.stdout.resume();
    return {
      apiUrl,
      seconds: (performance.now() - startedAt) / 1_000,
      stop: async () => {
        child.kill('SIGTERM');
        if (child.exitCode === null) await once(child, 'exit');
      },
    };
  }
  throw new Error(`the stack did not start:\n${said.join('\n')}`);
};

/** Saves a handler that answers with another header each time, and waits for the answer that has it. */
const timesOfSaves = async (directory: string, { apiUrl }: Started): Promise<number[]> => {
  const handler = join(directory, 'functions/get-openapi/handler.ts');
  const text = await readFile(handler, 'utf8');
  const times: number[] = [];
  for (let save = 1; save <= SAVES; save += 1) {
    await writeFile(handler, text.replace('max-age=300', `max-age=${save}`));
    const savedAt = performance.now();
    const answer = () => fetch(`${apiUrl}/openapi.json`, { method: 'HEAD' });
    while ((await answer()).headers.get('cache-control') !== `public, max-age=${save}`) await sleep(5);
    times.push(performance.now() - savedAt);
  }
  return times;
};

const rowOf = (what: string, value: number, unit: 's' | 'ms', most: number): Row => ({
  what,
  against: '-',
  measured: `${value.toFixed(unit === 's' ? 1 : 0)} ${unit}`,
  ratio: '-',
  goal: `≤ ${most} ${unit}`,
  met: value <= most,
});

/** The loop of whoever works on the service: from the command to a stack that is ready, from a save to the new answer. */
export const loop = async (): Promise<Row[]> => {
  const directory = await mkdtemp(join(tmpdir(), 'loop-'));
  try {
    await copyService(directory);
    const first = await start(directory);
    await first.stop();
    const next = await start(directory);
    try {
      const times = await timesOfSaves(directory, next);
      return [
        rowOf('start, the first time', first.seconds, 's', FIRST_START_SECONDS),
        rowOf('start, nothing changed', next.seconds, 's', NEXT_START_SECONDS),
        rowOf('save to the new answer, p50', percentile(times, 0.5), 'ms', SAVED_P95_MS),
        rowOf('save to the new answer, p95', percentile(times, 0.95), 'ms', SAVED_P95_MS),
      ];
    } finally {
      await next.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

if (import.meta.main) await runAlone(loop);
