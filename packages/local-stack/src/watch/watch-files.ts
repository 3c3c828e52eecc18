import { type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
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

/**
 * Tells which files were saved, some milliseconds after the last of them. Folders are watched one by one: a watch of the
 * whole tree would take all packages in.
 * @param onChange absolute paths, each once
 */
export const watchFiles = async (
  serviceDirectory: string,
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

  for (const folder of await foldersOf(serviceDirectory)) add(folder);
  return {
    close() {
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
    },
  };
};
