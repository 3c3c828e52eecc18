import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { Template } from '#local/cloudformation/template.ts';
import type { Engines } from '#local/engines/index.ts';
import { type InvocableBuild, type InvokedOnce, invokeOnce } from '#local/invoke-once.ts';
import { parseSettings } from '#local/settings.ts';
import { compiledService } from '#tests/support/compiled-service.ts';
import { wholeService } from '#tests/support/whole-service.ts';
import { stackNameOf } from '../../ops/service.ts';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const EVENTS = `${ROOT}events`;
const STACK = stackNameOf('dev');
const SEED = 'seed';

/** The names of all sample events, without `.json`. */
export const samples = readdirSync(EVENTS)
  .map((file) => file.replace(/\.json$/, ''))
  .filter((name) => name !== SEED);

export const folders = readdirSync(`${ROOT}functions`);
const longestFirst = folders.toSorted((a, b) => b.length - a.length);

/** The folder of the function that a sample is for: the longest that its name begins with. */
export const folderOf = (sample: string): string => {
  const folder = longestFirst.find((name) => sample === name || sample.startsWith(`${name}-`));
  if (!folder) throw new Error(`events/${sample}.json begins with the name of no function`);
  return folder;
};

/** A function's key in serverless.yml. */
const keyOf = (folder: string): string => {
  const file: unknown = parse(readFileSync(`${ROOT}functions/${folder}/function.yml`, 'utf8'), {
    logLevel: 'error',
  });
  const [key = ''] = Object.keys(z.record(z.string(), z.unknown()).parse(file));
  return key;
};

const read = (name: string): unknown => JSON.parse(readFileSync(`${EVENTS}/${name}.json`, 'utf8'));

export const eventOf = (sample: string): unknown => read(sample);

/** The posts that are there before a sample is invoked. */
export const seededPosts = () =>
  z.object({ PostsTable: z.array(z.looseObject({})) }).parse(read(SEED)).PostsTable;

let build: Promise<InvocableBuild> | undefined;
let invocations = 0;

/** One build for all tests of a file, shared with the tests of the template. */
const sharedBuild = async (): Promise<InvocableBuild> => {
  const [{ templateFile }, { codeDirectory }] = await Promise.all([
    compiledService('dev', {}, { withCode: false }),
    wholeService(),
  ]);
  return {
    template: Template.parse(JSON.parse(await readFile(templateFile, 'utf8'))),
    serviceDirectory: ROOT,
    settings: parseSettings(undefined),
    stackName: STACK,
    region: 'us-east-1',
    codeDirectoryOf: (functionName) => codeDirectory(functionName.slice(STACK.length + 1)),
    compileCacheDirectory: `${ROOT}.local/compile-cache`,
  };
};

/** Packages the service, which takes longer than any sample. */
export const packageService = async (): Promise<void> => {
  build ??= sharedBuild();
  await build;
};

/**
 * Runs a sample as `sls invoke local` does, with tables, queues and seed of its own.
 * @param engines shared by all samples of a test file, since starting them takes longest
 */
export const invokeSample = async (sample: string, engines: Engines): Promise<InvokedOnce> => {
  build ??= sharedBuild();
  invocations += 1;
  return invokeOnce({
    build: { ...(await build), stackName: `sample-${invocations}` },
    functionName: `${STACK}-${keyOf(folderOf(sample))}`,
    event: eventOf(sample),
    seedFile: `${EVENTS}/${SEED}.json`,
    secretsFile: '',
    engines,
  });
};
