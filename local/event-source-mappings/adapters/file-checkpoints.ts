import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { CheckpointStore } from '../ports.ts';

const stored = z.object({
  shardId: z.string(),
  lanes: z.array(z.string().nullable()).min(1),
  done: z.boolean(),
});

/**
 * One small file a shard under `<directory>/<mapping id>/`. A checkpoint is written beside the old one and
 * renamed over it, so that a kill leaves either of them, never half of one.
 */
export function fileCheckpoints(directory: string): CheckpointStore {
  const fileName = (shardId: string) => `${encodeURIComponent(shardId)}.json`;
  return {
    async load(mappingId) {
      const folder = join(directory, mappingId);
      await mkdir(folder, { recursive: true });
      const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
      const entries = await Promise.all(
        names.map(async (name) => {
          const file = join(folder, name);
          try {
            const { shardId, ...checkpoint } = stored.parse(JSON.parse(await readFile(file, 'utf8')));
            return [shardId, checkpoint] as const;
          } catch (error) {
            throw new Error(`The checkpoint ${file} cannot be read; delete it to start over`, {
              cause: error,
            });
          }
        }),
      );
      return new Map(entries);
    },
    async save(mappingId, shardId, checkpoint) {
      const file = join(directory, mappingId, fileName(shardId));
      await writeFile(`${file}.new`, JSON.stringify({ shardId, ...checkpoint }));
      await rename(`${file}.new`, file);
    },
  };
}
