import { appendFile, mkdtemp, rm } from 'node:fs/promises';
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
