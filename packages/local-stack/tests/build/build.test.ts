import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildService, type Service } from '../../src/build/build.ts';
import { parseSettings } from '../../src/settings.ts';

const SETTINGS = parseSettings({});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'build-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A service without functions; `packaged` counts how often it was packaged. */
const service = (packaged: { times: number }): Service => ({
  ...{ stackName: 'small-dev', stage: 'dev', region: 'us-east-1', settings: SETTINGS, esbuild: undefined },
  ...{ directory, selection: {} },
  package: async () => {
    packaged.times += 1;
    const templateFile = join(directory, '.local', 'template.json');
    writeFileSync(templateFile, '{"Resources":{}}');
    return { templateFile, archives: [] };
  },
});

test('is packaged once by those who start at the same time: the second looks again when it has the lock', async () => {
  const packaged = { times: 0 };
  const [one, two] = await Promise.all([buildService(service(packaged)), buildService(service(packaged))]);
  expect(packaged.times).toBe(1);
  expect(two.id).toBe(one.id);
});

test('the builds that were used last are kept', async () => {
  const builds = join(directory, '.local', 'builds');
  const names = Array.from({ length: 9 }, (_, index) => `${index}`.repeat(16));
  for (const [index, name] of names.entries()) {
    mkdirSync(join(builds, name), { recursive: true });
    // Not in the order of their names.
    const used = new Date(Date.UTC(2026, 0, 1 + ((index * 4) % 9)));
    utimesSync(join(builds, name), used, used);
  }
  const { id } = await buildService(service({ times: 0 }));
  const newest = ['4', '6', '8', '2', '1'].map((digit) => digit.repeat(16));
  const left = readdirSync(builds).filter((name) => name !== 'build.lock');
  expect(left.toSorted()).toEqual([id, ...newest].toSorted());
});
