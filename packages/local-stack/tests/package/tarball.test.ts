import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { systemClock } from '../../src/clock.ts';

const run = promisify(execFile);
const here = resolve(import.meta.dirname, '../..');
const root = resolve(here, '../..');

let service: string;
beforeAll(async () => {
  service = await mkdtemp(join(tmpdir(), 'orders-'));
  await cp(join(import.meta.dirname, 'service'), service, { recursive: true });
  const packed = await run('npm', ['pack', '--json', '--pack-destination', service], { cwd: here });
  const [tarball] = z
    .array(z.object({ filename: z.string() }))
    .parse(JSON.parse(packed.stdout.slice(packed.stdout.indexOf('['))));
  const { devDependencies, dependencies } = z
    .object({
      devDependencies: z.record(z.string(), z.string()),
      dependencies: z.record(z.string(), z.string()),
    })
    .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  await writeFile(
    join(service, 'package.json'),
    JSON.stringify({
      private: true,
      dependencies: {
        '@aws-sdk/client-dynamodb': dependencies['@aws-sdk/client-dynamodb'],
        '@aws-sdk/client-sqs': dependencies['@aws-sdk/client-sqs'],
      },
      devDependencies: {
        node: devDependencies.node,
        serverless: devDependencies.serverless,
        'serverless-local-stack': `file:./${tarball?.filename}`,
      },
    }),
  );
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: service });
}, 300_000);
afterAll(() => rm(service, { recursive: true, force: true }));

test('the packed plugin runs a service that is not ours', async () => {
  const child = spawn(
    process.execPath,
    [
      join(service, 'node_modules/serverless/bin/serverless.js'),
      ...['offline', 'start', '--quiet'],
      ...['http', 'identity', 'lambda', 'console', 'messaging', 'dynamodb'].flatMap((part) => [
        `--${part}Port`,
        '0',
      ]),
    ],
    { cwd: service, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  try {
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    let api: string | undefined;
    while (api === undefined) {
      await Promise.race([once(child.stdout, 'data'), ended]);
      if (child.exitCode !== null) throw new Error(`it did not start:\n${said}`);
      api = /HTTP API\s+(http:\S+)\s/.exec(said)?.[1];
    }
    expect(said).toContain('IamRoleLambdaExecution');
    const created = await fetch(`${api}/orders`, { method: 'POST', body: JSON.stringify({ id: 'o-1' }) });
    expect([created.status, await created.text()]).toEqual([201, 'o-1']);

    const consoleUrl = /Console\s+(http:\S+)\s/.exec(said)?.[1];
    const page = await (await fetch(`${consoleUrl}/`)).text();
    expect(page).toMatch(/name="console-token" content="[\w-]{20,}"/);
    expect((await fetch(`${consoleUrl}/assets/main.js`)).status).toBe(200);

    const Order = z.object({ settledIn: z.string().nullable() });
    let settledIn: string | null = null;
    while (settledIn === null) {
      await systemClock.sleep(50);
      settledIn = Order.parse(await (await fetch(`${api}/orders/o-1`)).json()).settledIn;
    }
    expect(settledIn).toBe('eu-central-1');
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}, 60_000);
