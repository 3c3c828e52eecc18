import { closeSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readStateFile } from '../../state-file.ts';
import type { CheckpointStore } from '../ports.ts';

const stored = z.object({
  shardId: z.string(),
  lanes: z.array(z.string().nullable()).min(1),
  done: z.boolean(),
});

/**
 * One small file a shard under `<directory>/<mapping id>/`. The first checkpoint is written beside the file of an
 * earlier start and renamed over it; later ones are written over it in one call, as long as the longest before them:
 * a few hundred bytes, less than a page, of which a kill leaves all or nothing. File systems that guard against a loss
 * of power, as ext4 does, put a file that was truncated or renamed over another on the disk at once, and every batch
 * would wait for that.
 */
export function fileCheckpoints(directory: string): CheckpointStore {
  const fileName = (shardId: string) => `${encodeURIComponent(shardId)}.json`;
  /** Of the files that this process has written. */
  const lengths = new Map<string, number>();
  return {
    async load(mappingId) {
      const folder = join(directory, mappingId);
      await mkdir(folder, { recursive: true });
      const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
      return new Map(
        names
          .map((name) => readStateFile(join(folder, name), stored))
          .filter((checkpoint) => checkpoint !== undefined)
          .map(({ shardId, ...checkpoint }) => [shardId, checkpoint]),
      );
    },
    async save(mappingId, shardId, checkpoint) {
      const file = join(directory, mappingId, fileName(shardId));
      const text = JSON.stringify({ shardId, ...checkpoint });
      const written = lengths.get(file);
      if (written === undefined) {
        writeFileSync(`${file}.new`, text);
        renameSync(`${file}.new`, file);
        lengths.set(file, text.length);
        return;
      }
      const open = openSync(file, 'r+');
      try {
        // JSON may end in spaces.
        writeSync(open, text.padEnd(written), 0);
      } finally {
        closeSync(open);
      }
      lengths.set(file, Math.max(text.length, written));
    },
  };
}
