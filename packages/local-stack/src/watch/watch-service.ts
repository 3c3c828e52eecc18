import { rm } from 'node:fs/promises';
import { extname, relative } from 'node:path';
import type { Message } from 'esbuild';
import type { Build } from '../build/build.ts';
import { buildInChild } from '../build/build-in-child.ts';
import type { Selection } from '../build/fingerprint.ts';
import type { LocalStack } from '../stack.ts';
import { UserError } from '../user-error.ts';
import { type FunctionBundler, functionBundler } from './bundler.ts';
import { watchFiles } from './watch-files.ts';

/** What a configuration may be written in or read. TypeScript that no function reaches is a test or a tool. */
const CONFIGURATION = new Set(['.yml', '.yaml', '.json', '.js', '.cjs', '.mjs', '.env', '.toml']);

export interface WatchOptions {
  build: Build;
  selection: Selection;
  stack: LocalStack;
  /** When reading the sources of the build began, in Unix milliseconds: what was saved later may not be in it. */
  since: number;
  /** Where changed code goes. */
  liveDirectory: string;
  tell: (line: string) => void;
}

/** `functions/get-post/handler.ts:12:3: Expected ";" but found "}"`, with the line itself. */
const placeOf = ({ text, location }: Message): string =>
  location
    ? `${location.file}:${location.line}:${location.column + 1}: ${text}\n    ${location.lineText.trim()}`
    : text;

const bundlersOf = async (
  build: Build,
  stack: LocalStack,
  liveDirectory: string,
): Promise<FunctionBundler[]> => {
  const bundlers = await Promise.all(
    stack
      .service()
      .definitions.map(({ functionName, handlerFile }) =>
        functionBundler(build, functionName, handlerFile, liveDirectory),
      ),
  );
  return bundlers.filter((bundler) => bundler !== undefined);
};

/**
 * Runs what is saved: a source goes into the functions that it reaches, at their next invocation; anything else that the
 * service consists of is packaged again and loaded. What cannot be built or run is reported, and the previous version keeps running.
 * @returns ends the watch
 */
export const watchService = async (options: WatchOptions): Promise<() => Promise<void>> => {
  const { selection, stack, liveDirectory, tell } = options;
  const { serviceDirectory } = options.build;
  await rm(liveDirectory, { recursive: true, force: true });
  let bundlers = await bundlersOf(options.build, stack, liveDirectory);
  let running = options.build.id;
  const nameOf = (file: string) => relative(serviceDirectory, file);

  const swap = async (files: readonly string[], reached: readonly FunctionBundler[]): Promise<void> => {
    const startedAt = performance.now();
    const problems = new Set<string>();
    let swapped = 0;
    await Promise.all(
      reached.map(async (bundler) => {
        const result = await bundler.rebuild();
        if (result.kind === 'failed') {
          for (const error of result.errors) problems.add(placeOf(error));
          return;
        }
        const { runtime } = stack.service();
        const definition = runtime.find(bundler.functionName);
        if (definition) runtime.replace({ ...definition, handlerFile: result.handlerFile });
        swapped += 1;
      }),
    );
    const names = files.map(nameOf).join(', ');
    if (problems.size > 0)
      tell(`${names}: build failed, the previous code keeps running\n  ${[...problems].join('\n  ')}`);
    else
      tell(
        `${names}: ${swapped} function${swapped === 1 ? '' : 's'} in ${Math.round(performance.now() - startedAt)} ms`,
      );
  };

  const repackage = async (files: readonly string[]): Promise<void> => {
    const names = files.map(nameOf).join(', ');
    tell(`${names}: packaging …`);
    const startedAt = performance.now();
    try {
      const build = await buildInChild(serviceDirectory, selection);
      if (build.id !== running) await stack.update(build);
      running = build.id;
      await Promise.all(bundlers.map((bundler) => bundler.dispose()));
      bundlers = await bundlersOf(build, stack, liveDirectory);
      tell(`${names}: reloaded in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      tell(
        `${names}: not reloaded, the previous version keeps running\n  ${error.message.replaceAll('\n', '\n  ')}`,
      );
    }
  };

  const takeUp = async (files: readonly string[]): Promise<void> => {
    const reached = bundlers.filter((bundler) => files.some((file) => bundler.inputs().has(file)));
    const inputs = new Set(bundlers.flatMap((bundler) => [...bundler.inputs()]));
    const configuration = files.filter(
      (file) => !inputs.has(file) && (bundlers.length === 0 || CONFIGURATION.has(extname(file))),
    );
    if (configuration.length > 0) await repackage(configuration);
    else if (reached.length > 0)
      await swap(
        files.filter((file) => inputs.has(file)),
        reached,
      );
  };

  // One after the other: what is saved meanwhile is built after what is being built.
  let turn: Promise<void> = Promise.resolve();
  const watch = await watchFiles(serviceDirectory, options.since, (files) => {
    turn = turn
      .then(() => takeUp(files))
      .catch((error: unknown) =>
        tell(`saved changes could not be loaded: ${error instanceof Error ? error.stack : error}`),
      );
  });
  return async () => {
    watch.close();
    await turn;
    await Promise.all(bundlers.map((bundler) => bundler.dispose()));
    await rm(liveDirectory, { recursive: true, force: true });
  };
};
