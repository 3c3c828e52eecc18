import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';

/** Writes every file of a deployment archive below `directory`. */
export const unpack = async (archive: string, directory: string): Promise<void> => {
  for (const [name, content] of Object.entries(unzipSync(await readFile(archive)))) {
    if (name.endsWith('/')) continue;
    const file = join(directory, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
};
