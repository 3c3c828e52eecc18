import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/**
 * Calls `wake` when a database file or one beside it (`-wal`, `-journal`) is written: DynamoDB Streams has no
 * long polling, but an engine that keeps its data in a file on this machine can be overheard, and then the
 * stream hardly needs to be asked while nothing happens. Answers how to stop listening.
 */
export function wakeOnWrites(databaseFile: string, wake: () => void): () => void {
  const name = basename(databaseFile);
  const watcher = watch(dirname(databaseFile), { persistent: false }, (_event, file) => {
    if (file?.startsWith(name)) wake();
  });
  return () => watcher.close();
}
