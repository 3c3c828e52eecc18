import { existsSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join, relative, resolve } from 'node:path';
import type { BuildContext, BuildOptions, Message } from 'esbuild';
import { z } from 'zod';
import type { Build } from '../build/build.ts';
import { withAbsoluteSources } from '../build/source-maps.ts';

/** What serverless-esbuild takes beside esbuild's own options. @see https://github.com/floydspace/serverless-esbuild#options */
const OF_THE_PLUGIN = new Set([
  'buildArgs',
  'concurrency',
  'disposeContext',
  'exclude',
  'installExtraArgs',
  'keepOutputDirectory',
  'nativeZip',
  'outputBuildFolder',
  'outputFileExtension',
  'outputWorkFolder',
  'packagePath',
  'packager',
  'packagerOptions',
  'patterns',
  'plugins',
  'skipBuild',
  'skipBuildExcludeFns',
  'skipRebuild',
  'stripEntryResolveExtensions',
  'watch',
  'zipConcurrency',
]);
const SOURCE_EXTENSIONS = ['.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx'];
const RUNTIME_PACKAGES = ['@aws-sdk/*'];

const Patterns = z.array(z.string()).catch([]);
const SourceMap = z.object({ sources: z.array(z.string()) });

/** What became of bundling one function again. */
export type Rebundled =
  | { kind: 'built'; handlerFile: string }
  | { kind: 'failed' /** Each with its place in the source. */; errors: readonly Message[] };

/** Bundles one function of a service again and again, as the service's own bundler does. */
export interface FunctionBundler {
  functionName: string;
  /** Absolute paths of the sources that are in the bundle, without packages. */
  inputs(): ReadonlySet<string>;
  rebuild(): Promise<Rebundled>;
  dispose(): Promise<void>;
}

const isSource = (path: string): boolean => !path.includes(`node_modules`);

const sourceOf = (serviceDirectory: string, handler: string): string | undefined => {
  const path = join(serviceDirectory, handler.slice(0, handler.lastIndexOf('.')));
  return SOURCE_EXTENSIONS.map((extension) => `${path}${extension}`).find(existsSync);
};

const optionsOf = (esbuild: Record<string, unknown>): BuildOptions => {
  const own = Object.entries(esbuild).filter(([name]) => !OF_THE_PLUGIN.has(name));
  const external = [
    ...Patterns.parse(esbuild.external),
    ...(esbuild.exclude === undefined ? RUNTIME_PACKAGES : Patterns.parse(esbuild.exclude)),
  ];
  return { bundle: true, platform: 'node', ...Object.fromEntries(own), external };
};

/** The sources that a deployed bundle says it was made from, by its source map. */
const inputsOfMap = async (handlerFile: string): Promise<Set<string>> => {
  if (!existsSync(`${handlerFile}.map`)) return new Set();
  const { sources } = SourceMap.parse(JSON.parse(await readFile(`${handlerFile}.map`, 'utf8')));
  return new Set(sources.filter(isSource));
};

/**
 * A bundler of one function, undefined when the service does not bundle it in a way that can be repeated here: without
 * `custom.esbuild`, with plugins, or from a source that is not found.
 * @param liveDirectory where new code goes; the kept build stays as it is
 */
export const functionBundler = async (
  build: Build,
  functionName: string,
  handlerFile: string,
  liveDirectory: string,
): Promise<FunctionBundler | undefined> => {
  const { esbuild, serviceDirectory } = build;
  const definition = build.functions.find(({ name }) => name === functionName);
  const source = definition && sourceOf(serviceDirectory, definition.handler);
  if (!esbuild || esbuild.plugins !== undefined || !source) return undefined;
  const codeDirectory = build.codeDirectoryOf(functionName);
  const bundlePath = relative(codeDirectory, handlerFile);
  let inputs = await inputsOfMap(handlerFile);
  inputs.add(source);
  let context: BuildContext | undefined;
  let generation = 0;

  const begin = async (): Promise<BuildContext> => {
    const { context: create }: typeof import('esbuild') = await import(
      createRequire(join(serviceDirectory, 'package.json')).resolve('esbuild')
    );
    return create({
      ...optionsOf(esbuild),
      absWorkingDir: serviceDirectory,
      entryPoints: [source],
      // As deep as the packaged one: source maps name sources relative to it.
      outfile: join(
        serviceDirectory,
        '.esbuild',
        '.build',
        `${bundlePath.slice(0, -extname(bundlePath).length)}.js`,
      ),
      write: false,
      metafile: true,
      logLevel: 'silent',
    });
  };

  return {
    functionName,
    inputs: () => inputs,
    async rebuild() {
      context ??= await begin();
      try {
        const { metafile, outputFiles = [] } = await context.rebuild();
        inputs = new Set(
          Object.keys(metafile?.inputs ?? {})
            .filter(isSource)
            .map((path) => resolve(serviceDirectory, path)),
        );
        generation += 1;
        const directory = join(liveDirectory, functionName, `${generation}`);
        await cp(codeDirectory, directory, { recursive: true });
        const target = join(directory, bundlePath);
        for (const { path, contents } of outputFiles)
          await (path.endsWith('.map')
            ? writeFile(
                `${target}.map`,
                withAbsoluteSources(Buffer.from(contents).toString('utf8'), bundlePath, serviceDirectory),
              )
            : writeFile(target, contents));
        // Environments that still run the previous code have already loaded it.
        await rm(join(liveDirectory, functionName, `${generation - 2}`), { recursive: true, force: true });
        return { kind: 'built', handlerFile: target };
      } catch (error) {
        const { errors } = z.object({ errors: z.custom<readonly Message[]>(Array.isArray) }).parse(error);
        return { kind: 'failed', errors };
      }
    },
    dispose: async () => {
      await context?.dispose();
    },
  };
};
