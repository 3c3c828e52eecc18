/**
 * From saving a source of the service to the first answer of the new code, and from the command to a stack that is ready:
 *   npm run bench -w lab -- loop
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = resolve(import.meta.dirname, '../..');
const SAVES = 40;
const PORTS = ['http', 'identity', 'lambda', 'console', 'messaging', 'dynamodb'];
const SOURCES = [
  'docs',
  'functions',
  'lib',
  'package.json',
  'package-lock.json',
  'resources',
  'serverless.yml',
];

const start = async (directory: string) => {
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [
      join(root, 'packages/local-stack/bin.cjs'),
      ...['start', '--quiet'],
      ...PORTS.flatMap((part) => [`--${part}Port`, '0']),
    ],
    { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  let api: string | undefined;
  while (api === undefined) {
    if (child.exitCode !== null) throw new Error(`the stack did not start:\n${said}`);
    await sleep(5);
    api = /HTTP API\s+(http:\S+)\s/.exec(said)?.[1];
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  return { api, seconds, stop };
};

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN;

const directory = await mkdtemp(join(tmpdir(), 'loop-'));
try {
  for (const source of SOURCES) await cp(join(root, source), join(directory, source), { recursive: true });
  await cp(join(root, 'tsconfig.json'), join(directory, 'tsconfig.json'));
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  const first = await start(directory);
  await first.stop();
  const second = await start(directory);
  const handler = join(directory, 'functions/get-openapi/handler.ts');
  const text = await readFile(handler, 'utf8');
  const milliseconds: number[] = [];
  try {
    for (let save = 0; save < SAVES; save += 1) {
      const mark = `"x-saved":"${save}"`;
      // Every save makes the answer tell which one it was.
      await writeFile(
        handler,
        `${text}\nconst original = handler;\nexport { marked as handler };\nconst marked = async (...words: Parameters<typeof original>) => ({ statusCode: 200, body: '{${mark}}' });\n`.replace(
          'export const handler',
          'const handler',
        ),
      );
      const savedAt = performance.now();
      while (!(await (await fetch(`${second.api}/openapi.json`)).text()).includes(mark)) await sleep(2);
      milliseconds.push(performance.now() - savedAt);
    }
  } finally {
    await second.stop();
  }
  console.log(`first start ${first.seconds.toFixed(1)} s, next start ${second.seconds.toFixed(1)} s`);
  console.log(
    `${SAVES} saves: to the new answer p50 ${quantile(milliseconds, 0.5).toFixed(0)} ms, p95 ${quantile(milliseconds, 0.95).toFixed(0)} ms`,
  );
} finally {
  await rm(directory, { recursive: true, force: true });
}
