import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Template } from './cloudformation/template.ts';
import { withLock } from './lock.ts';
import { unpack } from './unpack.ts';

/** The service as a deployment would carry it. */
export interface Build {
  /** The compiled CloudFormation template. */
  template: Template;
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
  /** Runs `sls package`; afterwards the compiled template and every archive are there. */
  package(): Promise<{ templateFile: string; archives: { functionName: string; file: string }[] }>;
}

const SOURCES = ['functions', 'lib', 'resources'];
const SINGLE_FILES = [
  'docs/openapi.json',
  'package-lock.json',
  'package.json',
  'serverless.yml',
  'tsconfig.json',
];
const BUILDS_KEPT = 6;

const filesBelow = async (directory: string): Promise<string[]> => {
  if (!existsSync(directory)) return [];
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
};

const fingerprint = async ({ directory, configuration, stackName }: Service): Promise<string> => {
  const hash = createHash('sha256').update(stackName).update(JSON.stringify(configuration));
  const sources = await Promise.all(SOURCES.map((source) => filesBelow(join(directory, source))));
  const files = [...sources.flat(), ...SINGLE_FILES.map((file) => join(directory, file))].toSorted();
  for (const file of files) {
    if (existsSync(file)) hash.update(file.slice(directory.length)).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
};

const packageInto = async (service: Service, directory: string): Promise<void> => {
  const { templateFile, archives } = await service.package();
  const unfinished = `${directory}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await Promise.all(
    archives.map(({ functionName, file }) => unpack(file, join(unfinished, 'functions', functionName))),
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
  return {
    template: Template.parse(JSON.parse(await readFile(join(directory, 'template.json'), 'utf8'))),
    codeDirectoryOf: (functionName) => join(directory, 'functions', functionName),
    compileCacheDirectory: join(service.directory, '.local', 'compile-cache'),
  };
};
