import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { z } from 'zod';
import { Template } from './cloudformation/template.ts';
import { withLock } from './lock.ts';
import type { Settings } from './settings.ts';
import { unpack } from './unpack.ts';

/** The service as a deployment would carry it. */
export interface Build {
  /** The compiled CloudFormation template. */
  template: Template;
  settings: Settings;
  /** The unpacked deployment archive of a function, by the function's name on AWS. */
  codeDirectoryOf(functionName: string): string;
  /** Where compiled code of the bundles may be kept, to make cold starts shorter. */
  compileCacheDirectory: string;
}

/** What the framework knows of the service, reduced to what a build needs. */
export interface Service {
  directory: string;
  /** The resolved configuration: two services with the same one and the same sources are the same build. */
  configuration: unknown;
  stackName: string;
  settings: Settings;
  /** Runs `sls package`; afterwards the compiled template and every archive are there. */
  package(): Promise<{ templateFile: string; archives: { functionName: string; file: string }[] }>;
}

/** Folders of a service that hold nothing of it: packages (the lock file stands for them), and what is made from it. */
const NOT_SOURCES = new Set([
  'node_modules',
  '.git',
  '.local',
  '.serverless',
  '.esbuild',
  '.cache',
  'coverage',
]);
const BUILDS_KEPT = 6;

/** Every file of the service: any of them may be in an archive, or be read by the configuration. */
const sourcesOf = async (directory: string): Promise<string[]> => {
  const entries = await readdir(directory, { withFileTypes: true });
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

const fingerprint = async ({ directory, configuration, stackName }: Service): Promise<string> => {
  const hash = createHash('sha256').update(stackName).update(JSON.stringify(configuration));
  for (const file of (await sourcesOf(directory)).toSorted()) {
    hash.update(file.slice(directory.length)).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
};

/** What a kept build knows of itself, beside the template and the unpacked archives. */
const Manifest = z.object({
  /** The folder of a function's code below the build, by the function's name on AWS. */
  code: z.record(z.string(), z.string()),
});

const packageInto = async (service: Service, directory: string): Promise<void> => {
  const { templateFile, archives } = await service.package();
  const unfinished = `${directory}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  const files = [...new Set(archives.map(({ file }) => file))];
  const folderOf = (file: string) => join('code', `${files.indexOf(file)}-${parse(file).name}`);
  await Promise.all(files.map((file) => unpack(file, join(unfinished, folderOf(file)))));
  const code = Object.fromEntries(archives.map(({ functionName, file }) => [functionName, folderOf(file)]));
  await writeFile(
    join(unfinished, 'manifest.json'),
    JSON.stringify({ code } satisfies z.infer<typeof Manifest>),
  );
  await writeFile(join(unfinished, 'template.json'), await readFile(templateFile));
  await rename(unfinished, directory);
};

const forgetOldBuilds = async (builds: string): Promise<void> => {
  const names = (await readdir(builds)).filter((name) => /^[0-9a-f]{16}$/.test(name));
  const aged = await Promise.all(
    names.map(async (name) => ({ name, usedAt: (await stat(join(builds, name))).mtimeMs })),
  );
  const old = aged.toSorted((a, b) => b.usedAt - a.usedAt).slice(BUILDS_KEPT);
  await Promise.all(old.map(({ name }) => rm(join(builds, name), { recursive: true, force: true })));
};

/**
 * Compiles the service exactly as `sls package` does, or takes the build of the same configuration and sources
 * that an earlier call left under `.local/builds`.
 * @throws whatever packaging throws
 */
export const buildService = async (service: Service): Promise<Build> => {
  const builds = join(service.directory, '.local', 'builds');
  await mkdir(builds, { recursive: true });
  const directory = join(builds, await fingerprint(service));
  if (!existsSync(directory)) {
    // Packaging works in folders of its own choice below the service: one at a time.
    await withLock(join(builds, '.lock'), async () => {
      if (!existsSync(directory)) await packageInto(service, directory);
      await forgetOldBuilds(builds);
    });
  }
  const now = new Date();
  await utimes(directory, now, now);
  const { code } = Manifest.parse(JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8')));
  return {
    template: Template.parse(JSON.parse(await readFile(join(directory, 'template.json'), 'utf8'))),
    settings: service.settings,
    codeDirectoryOf: (functionName) => {
      const folder = code[functionName];
      if (folder === undefined) throw new Error(`the build holds no archive of ${functionName}`);
      return join(directory, folder);
    },
    compileCacheDirectory: join(service.directory, '.local', 'compile-cache'),
  };
};
