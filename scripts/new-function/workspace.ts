import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { OperatorError } from '../../ops/operator-error.ts';
import { serviceDirectory as ROOT } from '../../ops/service.ts';
import { functionKeys } from '../subscribers.ts';
import type { Surroundings } from './naming.ts';

export const CONFIGURATION = 'serverless.yml';

export const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
export const write = (file: string, text: string): void => writeFileSync(join(ROOT, file), text);
export const exists = (file: string): boolean => existsSync(join(ROOT, file));
export const say = (...lines: string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);
export const list = (files: Iterable<string>): string[] => [...files].map((file) => `  ${file}`);

/** A file as Biome formats it: how long a line gets depends on the names in it. */
const formatted = (file: string, text: string): string =>
  execFileSync(
    process.execPath,
    [join(ROOT, 'node_modules/@biomejs/biome/bin/biome'), 'format', `--stdin-file-path=${file}`],
    { cwd: ROOT, input: text, encoding: 'utf8' },
  );

/** The one name that a command was given. @throws {OperatorError} without one, or with several */
export const oneName = ([name, ...more]: readonly string[], example: string): string => {
  if (name === undefined) throw new OperatorError(`The name is missing. For example: ${example}`);
  if (more.length > 0) throw new OperatorError(`Pass one name at a time, without ${more.join(', ')}`);
  return name;
};

const Resources = z.object({ Resources: z.record(z.string(), z.unknown()).default({}) });

/** What a new name must not clash with. */
export const surroundings = (): Surroundings => ({
  functions: functionKeys(),
  logicalIds: [
    // The framework's.
    'HttpApiLogGroup',
    ...readdirSync(join(ROOT, 'resources'))
      .filter((file) => file.endsWith('.yml'))
      .flatMap((file) => {
        const { success, data } = Resources.safeParse(
          parse(read(`resources/${file}`), { logLevel: 'error' }),
        );
        return success ? Object.keys(data.Resources) : [];
      }),
  ],
  samples: readdirSync(join(ROOT, 'events')).map((file) => file.replace(/\.json$/, '')),
});

const lineOf = (name: string): string => `  - \${file(functions/${name}/function.yml)}\n`;
const INCLUDE = /^ {2}- \$\{file\(functions\/[^)]+\/function\.yml\)\}\n/gm;

/** serverless.yml with a function after those that are in it. @throws {OperatorError} when there are none */
export const withInclude = (configuration: string, name: string): string => {
  const last = [...configuration.matchAll(INCLUDE)].at(-1);
  if (!last)
    throw new OperatorError('serverless.yml includes no function, so there is no place for a new one');
  const end = last.index + last[0].length;
  return `${configuration.slice(0, end)}${lineOf(name)}${configuration.slice(end)}`;
};

/** serverless.yml without a function. */
export const withoutInclude = (configuration: string, name: string): string =>
  configuration.replace(lineOf(name), '');

/**
 * Writes the files of a new function and includes it in serverless.yml.
 * @param files their paths below the service, and what is in them
 * @throws {OperatorError} when one of them already exists; then nothing is written
 */
export const addFunction = (name: string, files: ReadonlyMap<string, string>): void => {
  const inTheWay = [`functions/${name}`, ...files.keys()].filter(exists);
  if (inTheWay.length > 0) {
    throw new OperatorError(
      `Nothing was written, because these exist already:\n${list(inTheWay).join('\n')}\nChoose another name.`,
    );
  }
  const configuration = withInclude(read(CONFIGURATION), name);
  for (const [file, text] of files) {
    mkdirSync(dirname(join(ROOT, file)), { recursive: true });
    writeFileSync(join(ROOT, file), formatted(file, text), { flag: 'wx' });
  }
  write(CONFIGURATION, configuration);
};

/**
 * Removes the files of a function that are as they were written, and its line in serverless.yml.
 * @param paths of all that may have been written
 * @param written what was; undefined when nothing tells
 * @throws {OperatorError} when a file was changed or added since; then nothing is removed
 */
export const removeFunction = (
  name: string,
  paths: readonly string[],
  written: ReadonlyMap<string, string> | undefined,
): void => {
  const folder = `functions/${name}`;
  const inFolder = readdirSync(join(ROOT, folder)).map((file) => `${folder}/${file}`);
  const changed = [...new Set([...paths.filter(exists), ...inFolder])].filter((file) => {
    const text = written?.get(file);
    return text === undefined || formatted(file, text) !== read(file);
  });
  if (changed.length > 0) {
    throw new OperatorError(
      `Nothing was removed, because these are not as the command wrote them:\n${list(changed).join('\n')}\n` +
        'Remove by git what you have worked on.',
    );
  }
  for (const path of [folder, ...paths]) rmSync(join(ROOT, path), { recursive: true, force: true });
  write(CONFIGURATION, withoutInclude(read(CONFIGURATION), name));
};
