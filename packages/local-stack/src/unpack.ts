import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';

/**
 * Writes every file of a deployment archive below `directory`.
 * @param change what becomes of a file's content, by its path in the archive
 */
export const unpack = async (
  archive: string,
  directory: string,
  change: (path: string, content: Uint8Array) => Uint8Array | string = (_path, content) => content,
): Promise<void> => {
  for (const [name, content] of Object.entries(unzipSync(await readFile(archive)))) {
    if (name.endsWith('/')) continue;
    const file = join(directory, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, change(name, content));
  }
};
