import { readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8').replaceAll(/\s+/g, ' ');

test('every test that the threat table names exists', () => {
  let file = '';
  let names = 0;
  for (const [, path, name] of read('docs/security.md').matchAll(
    /`((?:packages\/local-stack\/)?tests\/[^`]+)`|"([^"]+)"/g,
  )) {
    if (path !== undefined) file = path;
    if (name === undefined) continue;
    names += 1;
    expect({ file, name, text: read(file).includes(name) }).toEqual({ file, name, text: true });
  }
  expect(names).toBeGreaterThan(30);
});
