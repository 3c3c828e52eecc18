import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, join, parse } from 'node:path';
import { z } from 'zod';
import { Template } from '../cloudformation/template.ts';
import { hasCode } from '../error-code.ts';
import { withLock } from '../lock.ts';
import { Settings } from '../settings.ts';
import { unpack } from '../unpack.ts';
import { fingerprint, type Selection } from './fingerprint.ts';
import { withAbsoluteSources } from './source-maps.ts';

/** What a kept build knows of itself, beside the template and the unpacked archives. */
const Manifest = z.object({
  stackName: z.string(),
  stage: z.string(),
  region: z.string(),
  settings: Settings,
  functions: z.array(
    z.object({
      /** On AWS. */
      name: z.string(),
      /** As configured: path of the source without its extension, a dot, the export. */
      handler: z.string(),
      /** The folder of its code below the build. */
      code: z.string(),
    }),
  ),
  /** `custom.esbuild` of the service, when it is plain data. */
  esbuild: z.record(z.string(), z.unknown()).optional(),
});
type Manifest = z.infer<typeof Manifest>;

/** The service as a deployment would carry it. */
export interface Build {
  /** The same for the same sources and options. */
  id: string;
  /** The service's own folder. */
  serviceDirectory: string;
  stackName: string;
  stage: string;
  region: string;
  settings: Settings;
  /** The compiled CloudFormation template. */
  template: Template;
  functions: Manifest['functions'];
  esbuild: Manifest['esbuild'];
  /** The unpacked deployment archive of a function, by the function's name on AWS. */
  codeDirectoryOf(functionName: string): string;
  /** Where compiled code of the bundles may be kept, to make cold starts shorter. */
  compileCacheDirectory: string;
}

/** What the framework knows of the service, reduced to what a build needs. */
export interface Service extends Pick<Build, 'stackName' | 'stage' | 'region' | 'settings' | 'esbuild'> {
  directory: string;
  selection: Selection;
  /** Runs `sls package`; afterwards the compiled template and every archive are there. */
  package(): Promise<{
    templateFile: string;
    archives: { functionName: string; handler: string; file: string }[];
  }>;
}

const BUILDS_KEPT = 6;
const buildsOf = (serviceDirectory: string): string => join(serviceDirectory, '.local', 'builds');

const packageInto = async (service: Service, directory: string): Promise<void> => {
  const { templateFile, archives } = await service.package();
  const unfinished = `${directory}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished);
  const files = [...new Set(archives.map(({ file }) => file))];
  const folderOf = (file: string) => join('code', `${files.indexOf(file)}-${parse(file).name}`);
  const mapped = (path: string, content: Uint8Array) =>
    path.endsWith('.map')
      ? withAbsoluteSources(Buffer.from(content).toString('utf8'), path, service.directory)
      : content;
  await Promise.all(files.map((file) => unpack(file, join(unfinished, folderOf(file)), mapped)));
  const { stackName, stage, region, settings, esbuild } = service;
  const functions = archives.map(({ functionName, handler, file }) => ({
    name: functionName,
    handler,
    code: folderOf(file),
  }));
  const manifest: Manifest = { stackName, stage, region, settings, functions, esbuild };
  await writeFile(join(unfinished, 'manifest.json'), JSON.stringify(manifest));
  await writeFile(join(unfinished, 'template.json'), await readFile(templateFile));
  await rename(unfinished, directory);
};

/** Keeps the builds that were used last. What else is there, a process left that was killed while it packaged. */
const forgetOldBuilds = async (builds: string): Promise<void> => {
  const folders = (await readdir(builds, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const isBuild = (name: string) => /^[0-9a-f]{16}$/.test(name);
  const names = folders.map(({ name }) => name).filter(isBuild);
  const unfinished = folders.map(({ name }) => name).filter((name) => !isBuild(name));
  const aged = await Promise.all(
    names.map(async (name) => ({ name, usedAt: (await stat(join(builds, name))).mtimeMs })),
  );
  const old = aged.toSorted((a, b) => b.usedAt - a.usedAt).slice(BUILDS_KEPT);
  await Promise.all(
    [...unfinished, ...old.map(({ name }) => name)].map((name) =>
      rm(join(builds, name), { recursive: true, force: true }),
    ),
  );
};

const read = async (serviceDirectory: string, directory: string): Promise<Build> => {
  const json = async (file: string): Promise<unknown> =>
    JSON.parse(await readFile(join(directory, file), 'utf8'));
  const manifest = Manifest.parse(await json('manifest.json'));
  const now = new Date();
  await utimes(directory, now, now);
  return {
    ...manifest,
    id: basename(directory),
    esbuild: manifest.esbuild,
    serviceDirectory,
    template: Template.parse(await json('template.json')),
    codeDirectoryOf: (functionName) => {
      const found = manifest.functions.find(({ name }) => name === functionName);
      if (!found) throw new Error(`the build has no archive for ${functionName}`);
      return join(directory, found.code);
    },
    compileCacheDirectory: join(serviceDirectory, '.local', 'compile-cache'),
  };
};

/** A kept build, or undefined when it is damaged and therefore removed. */
const readIfWhole = async (serviceDirectory: string, directory: string): Promise<Build | undefined> => {
  try {
    return await read(serviceDirectory, directory);
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError || hasCode(error, 'ENOENT')))
      throw error;
    await rm(directory, { recursive: true, force: true });
    return undefined;
  }
};

/** The build of the same sources and options that an earlier call left under `.local/builds`, if there is one. */
export const keptBuild = async (
  serviceDirectory: string,
  selection: Selection,
): Promise<Build | undefined> => {
  const directory = join(buildsOf(serviceDirectory), await fingerprint(serviceDirectory, selection));
  return existsSync(directory) ? readIfWhole(serviceDirectory, directory) : undefined;
};

/**
 * Compiles the service exactly as `sls package` does, or takes the build that is kept.
 * @throws whatever packaging throws
 */
export const buildService = async (service: Service): Promise<Build> => {
  const builds = buildsOf(service.directory);
  await mkdir(builds, { recursive: true });
  const directory = join(builds, await fingerprint(service.directory, service.selection));
  const kept = existsSync(directory) ? await readIfWhole(service.directory, directory) : undefined;
  if (kept) return kept;
  // Packaging works in folders of its own choice below the service: one at a time.
  const packageAlone = async () => {
    if (!existsSync(directory)) await packageInto(service, directory);
    await forgetOldBuilds(builds);
  };
  await withLock(join(builds, 'build.lock'), packageAlone, () =>
    process.stderr.write('Another process packages this service. Waiting until it is done.\n'),
  );
  return read(service.directory, directory);
};
