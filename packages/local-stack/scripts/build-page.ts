import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundlePage } from '../src/console/page-files.ts';

// Puts the console's page into `dist/page`, from where a published package serves it.
const directory = join(import.meta.dirname, '../dist/page');
await mkdir(directory, { recursive: true });
for (const [name, contents] of await bundlePage()) {
  if (!name.endsWith('.map')) await writeFile(join(directory, name), contents);
}
