import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { STACK_LOCK } from '../state-directory.ts';

/** The command's options that select what is built, as the framework takes them. */
export interface Selection {
  stage?: string | undefined;
  region?: string | undefined;
  /** Each `name=value`. */
  param?: readonly string[] | undefined;
}

/** Folders of a service that hold nothing of it: packages (the lock file stands for them), and what is made from it. */
export const NOT_SOURCES: ReadonlySet<string> = new Set([
  'node_modules',
  '.git',
  '.local',
  '.serverless',
  '.esbuild',
  '.cache',
  'coverage',
]);

/** Every file of the service: any of them may be in an archive, or be read by the configuration. */
const sourcesOf = async (directory: string): Promise<string[]> => {
  const entries = await readdir(directory, { withFileTypes: true });
  // The data of a stack. A process that closed a file which it has locked would lose the lock, too.
  if (entries.some(({ name }) => name === STACK_LOCK)) return [];
  const files = await Promise.all(
    entries
      .filter(({ name }) => !NOT_SOURCES.has(name))
      .map((entry): string[] | Promise<string[]> => {
        const path = join(directory, entry.name);
        if (entry.isDirectory()) return sourcesOf(path);
        return entry.isFile() ? [path] : [];
      }),
  );
  return files.flat();
};

// What a configuration reads from the environment is part of it: ${env:NAME}.
const ENVIRONMENT_REFERENCE = /\$\{env:(\w+)/g;

/**
 * Tells two builds of a service apart without asking the framework: by all of its files, the command's options and the
 * environment variables that its files name as `${env:…}`. A configuration file in JavaScript that reads `process.env`
 * by itself is not seen.
 */
export const fingerprint = async (
  directory: string,
  { stage, region, param }: Selection,
): Promise<string> => {
  const hash = createHash('sha256').update(JSON.stringify([process.version, stage, region, param ?? []]));
  const names = new Set<string>();
  const files = (await sourcesOf(directory)).toSorted();
  const contents = await Promise.all(files.map((file) => readFile(file)));
  for (const [index, file] of files.entries()) {
    const content = contents[index] ?? Buffer.alloc(0);
    hash.update(file.slice(directory.length)).update(content);
    if (!content.includes(`\${env:`)) continue;
    for (const [, name = ''] of content.toString('utf8').matchAll(ENVIRONMENT_REFERENCE)) names.add(name);
  }
  for (const name of [...names].toSorted()) hash.update(`${name}=${process.env[name] ?? ''}`);
  return hash.digest('hex').slice(0, 16);
};
