import { execFile } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

test('the demo ends well, and tells what each stage did with each post', async () => {
  const { code, output } = await new Promise<{ code: unknown; output: string }>((finish) => {
    execFile(
      process.execPath,
      ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'scripts/demo/index.ts'],
      { cwd: root },
      (error, stdout, stderr) => finish({ code: error?.code ?? 0, output: `${stdout}${stderr}` }),
    );
  });
  expect(output).not.toContain('✗');
  expect(output).toContain('All 5 posts are as they must be');
  for (const stage of ['broadcaster', 'pushNotifications', 'searchIndexing', 'contentModeration']) {
    expect(output).toContain(stage);
  }
  expect(code).toBe(0);
}, 60_000);
