import { cpSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../../../..');

/** A copy of the service beside this file in a folder of its own, which finds the packages of this repository. */
export const serviceCopy = (): { directory: string; remove: () => Promise<void> } => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'running-')));
  cpSync(resolve(import.meta.dirname, '../service'), directory, { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'), 'junction');
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
};
