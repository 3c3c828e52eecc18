import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyService } from '../../../scripts/service-copy.ts';
import { editedText, type Mutation } from './mutation.ts';

/** A copy of the service, in which guards are taken out one after the other. */
export interface MutantService {
  directory: string;
  /** Runs `work` while the guard is out. @throws when a text of the mutation is not there exactly once */
  without<Result>(mutation: Pick<Mutation, 'edits'>, work: () => Promise<Result>): Promise<Result>;
  remove(): Promise<void>;
}

export const copyForMutants = async (): Promise<MutantService> => {
  const directory = await mkdtemp(join(tmpdir(), 'mutants-'));
  await copyService(directory);
  return {
    directory,
    async without({ edits }, work) {
      const originals = new Map<string, string>();
      try {
        for (const edit of edits) {
          const path = join(directory, edit.file);
          const text = await readFile(path, 'utf8');
          if (!originals.has(path)) originals.set(path, text);
          await writeFile(path, editedText(text, edit));
        }
        return await work();
      } finally {
        for (const [path, text] of originals) await writeFile(path, text);
      }
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
};
