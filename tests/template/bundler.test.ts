import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageCopy } from '#tests/support/compiled-service.ts';
import { copyService } from '../../scripts/service-copy.ts';

let copy: string;
beforeEach(async () => {
  copy = await mkdtemp(join(tmpdir(), 'bundler-'));
  await copyService(copy);
});
afterEach(() => rm(copy, { recursive: true, force: true }));

test('a function that cannot be bundled ends the command, which names the place', async () => {
  await appendFile(join(copy, 'functions/get-post/handler.ts'), '\nconst broken = ;\n');
  const told = await packageCopy(copy).then(
    () => 'packaged',
    ({ code, stderr }: { code: number | null; stderr: string }) => `status ${code}: ${stderr}`,
  );
  expect(told).toMatch(/^status 1:.*Unexpected ";".*functions\/get-post\/handler\.ts:\d+:15/s);
}, 90_000);

// A process that was ended takes a moment to be gone.
const WATCHER = `
  const { execFileSync } = require('node:child_process');
  const { writeFileSync } = require('node:fs');
  const { setTimeout } = require('node:timers/promises');
  const running = () => execFileSync('ps', ['-A', '-o', 'ppid=,args='], { encoding: 'utf8' })
    .split('\\n').filter((line) => line.trim().startsWith(process.pid + ' ') && line.includes('esbuild')).length;
  module.exports = class {
    hooks = {
      'after:package:finalize': async () => {
        for (const deadline = Date.now() + 5_000; running() > 0 && Date.now() < deadline; ) await setTimeout(20);
        writeFileSync('bundlers.json', String(running()));
      },
    };
  };`;

test('the bundler, which keeps half a gigabyte, ends when everything is bundled', async () => {
  await writeFile(join(copy, 'watcher.js'), WATCHER);
  const configuration = join(copy, 'serverless.yml');
  const text = await readFile(configuration, 'utf8');
  await writeFile(
    configuration,
    text.replace('\n  - serverless-local-stack\n', '\n  - serverless-local-stack\n  - ./watcher.js\n'),
  );
  await packageCopy(copy);
  expect(await readFile(join(copy, 'bundlers.json'), 'utf8')).toBe('0');
}, 90_000);
