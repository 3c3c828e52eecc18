import { type FSWatcher, watch } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NOT_SOURCES } from '../build/fingerprint.ts';

// An editor saves a file in several steps.
const SETTLE_MILLISECONDS = 20;

/** Watches every folder of a service that holds sources. */
export interface FileWatch {
  close(): void;
}

const foldersOf = async (directory: string): Promise<string[]> => {
  const entries = await readdir(directory, { withFileTypes: true });
  const below = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory() && !NOT_SOURCES.has(entry.name))
      .map(({ name }) => foldersOf(join(directory, name))),
  );
  return [directory, ...below.flat()];
};

const filesSavedSince = async (since: number, folders: readonly string[]): Promise<string[]> => {
  const entries = await Promise.all(folders.map((folder) => readdir(folder, { withFileTypes: true })));
  const paths = entries
    .flat()
    .filter((entry) => entry.isFile() && !NOT_SOURCES.has(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name));
  const times = await Promise.all(paths.map(async (path) => (await stat(path)).mtimeMs));
  return paths.filter((_, index) => (times[index] ?? 0) > since);
};

/**
 * Tells which files were saved, some milliseconds after the last of them. Folders are watched one by one: a watch of the
 * whole tree would take all packages in.
 * @param since Unix milliseconds: changes saved between then and the start of the watch are reported at once
 * @param onChange absolute paths, each once
 */
export const watchFiles = async (
  serviceDirectory: string,
  since: number,
  onChange: (files: readonly string[]) => void,
): Promise<FileWatch> => {
  const watchers = new Map<string, FSWatcher>();
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  const settle = () => {
    const files = [...changed];
    changed.clear();
    onChange(files);
  };
  const add = (folder: string) => {
    if (watchers.has(folder)) return;
    const watcher = watch(folder, (_event, name) => {
      if (name === null || NOT_SOURCES.has(name)) return;
      const path = join(folder, name);
      changed.add(path);
      clearTimeout(timer);
      timer = setTimeout(settle, SETTLE_MILLISECONDS);
      // A new folder is watched too; what is no folder cannot be listed.
      void foldersOf(path).then(
        (folders) => folders.forEach(add),
        () => {},
      );
    });
    // A folder that goes away ends its own watch.
    watcher.on('error', () => {
      watcher.close();
      watchers.delete(folder);
    });
    watchers.set(folder, watcher);
  };

  const folders = await foldersOf(serviceDirectory);
  for (const folder of folders) add(folder);
  const saved = await filesSavedSince(since, folders);
  if (saved.length > 0) onChange(saved);
  return {
    close() {
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
    },
  };
};
